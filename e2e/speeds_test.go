//go:build lab

package e2e

import (
	"fmt"
	"maps"
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
// speeds, with one more setting of the service. The command begins with before.
func (s *speeds) tune(t *testing.T, namespace, before, setting string) *output {
	t.Helper()
	prometheus := answerAt(t, namespace, "127.0.0.1:0", s)
	flags, _ := tunedFiles(t, fmt.Sprintf(`interval: 4s
sources: {prom: {type: prometheus, url: 'http://%s', latency: latency, requests: requests}}
services:
  - {match: 'tcp/*', policy: inverse_latency, source: prom, weights: {max_change_ratio: 1}, guards: {observe_first: 0}, %s}
`, prometheus.Addr, setting))
	out, _ := startIn(t, namespace, before+runCommand+flags, tunerMetrics)
	return out
}
