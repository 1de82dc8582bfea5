//go:build lab

package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// enduringInterval is the time between two decisions, if no other is set, and
// enduringServers how many real servers each service has.
const (
	enduringInterval = 4 * time.Second
	enduringServers  = 20
)

// enduring is a tuner in a network namespace of its own that is to go on through
// faults. By what it is told each decision writes weights of each service.
type enduring struct {
	*testing.T
	namespace string
	folder    string // of its state
	interval  time.Duration
	services  []string
	faults    []fault // that it is to endure next
	untuned   map[string]string
	out       *output
}

// arrangeEnduring has a namespace with services at ports from 8001 on, and no
// tuner yet.
func arrangeEnduring(t *testing.T, namespace string, services int) *enduring {
	t.Helper()
	e := &enduring{T: t, namespace: namespace, folder: t.TempDir(), interval: enduringInterval}
	sh(t, "modprobe ip_vs")
	addNetns(t, namespace)
	for i := range services {
		e.services = append(e.services, fmt.Sprintf("10.0.1.100:%d", 8001+i))
		e.add(e.services[i])
	}
	e.untuned = e.weights()
	return e
}

// add adds a service with its servers.
func (e *enduring) add(service string) {
	e.Helper()
	table := "-A -t " + service + " -s wrr\n"
	for i := range enduringServers {
		table += "-a -t " + service + " -r " + killedServer(i) + " -m -w 100\n"
	}
	ipvsadm(e.T, e.namespace, table)
}

// answerAt serves HTTP in a namespace, at an address or at any port.
func answerAt(t *testing.T, namespace, address string, handler http.Handler) *http.Server {
	t.Helper()
	server := &http.Server{Addr: address, Handler: handler}
	err := inNetns(namespace, func() error {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			server.Addr = listener.Addr().String()
			go func() { _ = server.Serve(listener) }()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// tuning are the settings of a service whose weights are to change all the time.
const tuning = "policy: inverse_latency, settle: 0s, guards: {observe_first: 0}"

// changing are settings by which the services' weights change all the time, by a
// Prometheus in a namespace.
func changing(t *testing.T, namespace string) string {
	t.Helper()
	prometheus := answerAt(t, namespace, "127.0.0.1:0", new(moody))
	return fmt.Sprintf("sources: {prom: {type: prometheus, url: 'http://%s', latency: latency, requests: requests}}\nservices: [{match: 'tcp/*', source: prom, %s}]\n", prometheus.Addr, tuning)
}

// configure writes a configuration file with more settings, and returns its name.
func (e *enduring) configure(more string) string {
	e.Helper()
	file := filepath.Join(e.TempDir(), "config")
	text := fmt.Sprintf("interval: %s\nstate_file: %s/state.json\n%s", e.interval, e.folder, more)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		e.Fatal(err)
	}
	return file
}

// tune starts the tuner with more settings.
func (e *enduring) tune(more string) {
	e.Helper()
	e.out, _ = startIn(e.T, e.namespace, runCommand+" --config.file="+e.configure(more), tunerMetrics)
}

// weights returns those of each service, as one text.
func (e *enduring) weights() map[string]string {
	e.Helper()
	listed, weights := list(e.T, e.namespace, ""), map[string]string{}
	for service, servers := range listed.order {
		slices.Sort(servers)
		for _, server := range servers {
			weights[strings.TrimPrefix(service, "tcp/")] += server + " " + listed.servers[[2]string{service, server}][1] + "\n"
		}
	}
	return weights
}

// awaitOthers waits until all services have other weights.
func (e *enduring) awaitOthers(before map[string]string) {
	e.Helper()
	eventually(e.T, func() error {
		now := e.weights()
		for _, service := range e.services {
			if now[service] == "" || now[service] == before[service] {
				return fmt.Errorf("it does not write %s:\n%s", service, e.out)
			}
		}
		return nil
	})
}

// cycles returns how many decisions have been made.
func (e *enduring) cycles() float64 {
	e.Helper()
	return scrape(e.T, e.namespace, tunerMetrics, "weight_tuner_")["weight_tuner_cycle_duration_seconds_count"]
}

// pass lets so many decisions of each tuner end.
func pass(t *testing.T, n int, all ...*enduring) {
	t.Helper()
	var ends []float64
	for _, e := range all {
		ends = append(ends, e.cycles()+float64(n))
	}
	deadline := time.Now().Add(time.Minute)
	for i, e := range all {
		for e.cycles() < ends[i] {
			if time.Now().After(deadline) {
				t.Fatalf("no decisions are made any more:\n%s", e.out)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
}
