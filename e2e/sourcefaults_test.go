//go:build lab

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// moody is a Prometheus by which the servers are as fast as chance has it, and
// that may answer with something else.
type moody struct {
	instead atomic.Pointer[http.HandlerFunc] // nil answers as it should
}

// ServeHTTP implements http.Handler.
func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if instead := m.instead.Load(); instead != nil {
		(*instead)(w, r)
		return
	}
	tellByChance(w, r, enduringServers)
}

// A Prometheus that is gone, or slow, or answers anything, holds up no decision
// and spoils no service but those that it tells of.
func TestGoesOnWhileSourcesFail(t *testing.T) {
	t.Parallel()
	text := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
	}
	tests := []struct {
		name    string
		instead http.HandlerFunc // nil is nobody there
	}{
		{"well", nil},
		{"refused", nil},
		{"html", text("<html><body>Bad gateway</body></html>")},
		{"large", text(strings.Repeat("[", 50<<20))},
		{"garbage", text("\x00\xff{\"status\":")},
		{"slow", func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
			}
		}},
	}
	e := arrangeEnduring(t, "sources", len(tests))
	e.interval = 2 * enduringInterval // in which sources that are well answer beside other tests
	config := "sources:\n"
	for i, test := range tests {
		prometheus := new(moody)
		server := answerAt(t, e.namespace, "127.0.0.1:0", prometheus)
		config += fmt.Sprintf("  %s: {type: prometheus, url: 'http://%s', latency: latency, requests: requests, timeout: 4s}\n", test.name, server.Addr)
		f := fault{
			name: test.name, service: e.services[i], says: []string{"read the source " + test.name},
			begin: func() { prometheus.instead.Store(&test.instead) }, end: func() { prometheus.instead.Store(nil) },
		}
		switch test.name {
		case "well":
			continue
		case "refused":
			f.begin = func() { _ = server.Close() }
			f.end = func() { answerAt(t, e.namespace, server.Addr, prometheus) }
		}
		e.faults = append(e.faults, f)
	}
	config += "services:\n"
	for i, test := range tests {
		config += fmt.Sprintf("  - {match: 'tcp/%s', source: %s, %s}\n", e.services[i], test.name, tuning)
	}
	e.tune(config)
	endure(t, e)
	counted := scrape(t, e.namespace, tunerMetrics, "weight_tuner_")
	for _, f := range e.faults {
		if n := counted[`weight_tuner_source_errors_total{source="`+f.name+`"}`]; n < 2 {
			t.Errorf("%s: %v failures are counted", f.name, n)
		}
	}
}
