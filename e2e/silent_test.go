//go:build lab

package e2e

import (
	"fmt"
	"io"
	"maps"
	"net"
	"strings"
	"testing"
	"time"
)

// silentServers accept connections and never answer.
const silentServers = 150

// Where no server answers its probes, decisions go on, nothing is written, each
// server takes one socket at most, and the tuner ends when told to.
func TestGoesOnWhileServersAreSilent(t *testing.T) {
	e := arrangeEnduring(t, "silent", 0)
	port := e.keepSilent()
	service := "10.0.1.100:8001"
	table := "-A -t " + service + " -s wrr\n"
	for i := range silentServers {
		table += fmt.Sprintf("-a -t %s -r 127.1.%d.%d:%d -m -w 100\n", service, i/250, 1+i%250, port)
	}
	ipvsadm(t, e.namespace, table)
	before := e.weights()
	out, stop := startIn(t, e.namespace, runCommand+" --config.file="+e.configure("sources: {probe: {type: http}}\nservices: [{match: 'tcp/*', source: probe, "+tuning+"}]\n"), tunerMetrics)
	e.out = out
	p := process(strings.TrimSpace(sh(t, "pidof weight-tuner")))
	began, sockets := time.Now(), 0
	for end := e.cycles() + 3; e.cycles() < end; time.Sleep(200 * time.Millisecond) {
		sockets = max(sockets, p.files(t, "socket:"))
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("three decisions take more than %v, %d sockets are open:\n%s", time.Since(began), sockets, out)
		}
	}
	if sockets < silentServers/10 || sockets > silentServers+20 {
		t.Errorf("%d servers took %d sockets", silentServers, sockets)
	}
	if now := e.weights(); !maps.Equal(now, before) {
		t.Errorf("the weights became %v:\n%s", now, out)
	}
	if plan := get(t, e.namespace, "http://127.0.0.1:9976/plan"); !strings.Contains(plan, "fail") {
		t.Errorf("the plan says\n%s", plan)
	}
	stop()
}

// keepSilent listens at a port of all addresses of the namespace.
func (e *enduring) keepSilent() (port int) {
	e.Helper()
	at, stop := acceptIn(e.T, e.namespace, "tcp4", ":0", func(c *received) {
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
	})
	e.Cleanup(stop)
	return at.(*net.TCPAddr).Port
}
