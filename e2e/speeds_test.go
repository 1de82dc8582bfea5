//go:build lab

package e2e

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"testing"
)

// speeds is a Prometheus by which real servers are as fast as a test says.
type speeds struct {
	mu        sync.Mutex
	latencies map[string]float64 // in seconds, by server
}

func (s *speeds) set(latencies map[string]float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latencies = latencies
}

// ServeHTTP implements http.Handler.
func (s *speeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	values := maps.Clone(s.latencies)
	s.mu.Unlock()
	if r.FormValue("query") == "requests" {
		for server := range values {
			values[server] = 50
		}
	}
	writeVector(w, values)
}

// tune starts a tuner in a network namespace that takes the weights from the
// speeds, with one more setting of the service.
func (s *speeds) tune(t *testing.T, namespace, setting string) *output {
	t.Helper()
	var listener net.Listener
	err := inNetns(namespace, func() (err error) {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	flags, _ := tunedFiles(t, fmt.Sprintf(`interval: 4s
sources: {prom: {type: prometheus, url: 'http://%s', latency: latency, requests: requests}}
services:
  - {match: 'tcp/*', policy: inverse_latency, source: prom, weights: {max_change_ratio: 1}, guards: {observe_first: 0}, %s}
`, listener.Addr(), setting))
	out, _ := startIn(t, namespace, runCommand+flags, tunerMetrics)
	return out
}
