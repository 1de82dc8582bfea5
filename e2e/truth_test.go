//go:build lab

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/traffic"
)

// truth is a Prometheus that knows by their own clocks how long real servers
// take.
type truth struct {
	servers map[string]*truthful // by identity

	mu     sync.Mutex
	rolled time.Time
	window map[string]clocked
	took   time.Duration // the window
}

// truthful is a real server that times its answers.
type truthful struct {
	http.Handler

	mu         sync.Mutex
	all, whole clocked // of the window, and since the start
}

// clocked is so many answers, and what they took together.
type clocked struct {
	answers int
	took    time.Duration
}

// ServeHTTP implements http.Handler.
func (s *truthful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	s.Handler.ServeHTTP(w, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	took := time.Since(begin)
	for _, c := range []*clocked{&s.all, &s.whole} {
		c.answers++
		c.took += took
	}
}

// startTruthful starts so many real servers on port 8080, which answer at once
// and can be slowed down by setServiceTime.
func startTruthful(t *testing.T, servers int) *truth {
	t.Helper()
	all := &truth{servers: map[string]*truthful{}, rolled: time.Now()}
	for i := 1; i <= servers; i++ {
		name := fmt.Sprintf("server%d", i)
		handler, err := traffic.NewServer(name, uint64(i), traffic.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		s := &truthful{Handler: handler}
		answerAt(t, name, ":8080", s)
		all.servers[fmt.Sprintf("10.0.2.1%d:8080", i)] = s
	}
	return all
}

// roll begins a new window, unless the last one has only begun, so that all that
// is asked for one decision is of one window.
func (a *truth) roll() {
	since := time.Since(a.rolled)
	if since < tunerInterval/2 {
		return
	}
	a.took, a.rolled, a.window = since, a.rolled.Add(since), map[string]clocked{}
	for id, s := range a.servers {
		s.mu.Lock()
		a.window[id] = s.all
		s.all = clocked{}
		s.mu.Unlock()
	}
}

// ServeHTTP implements http.Handler.
func (a *truth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.roll()
	values := map[string]float64{}
	for id, c := range a.window {
		if r.FormValue("query") == "requests" {
			values[id] = float64(c.answers) / a.took.Seconds()
		} else if c.answers > 0 {
			values[id] = c.took.Seconds() / float64(c.answers)
		}
	}
	writeVector(w, values)
}

// beside shows what the exporter has of all that the servers have timed.
func (a *truth) beside(t *testing.T, got samples) {
	t.Helper()
	for id, s := range a.servers {
		s.mu.Lock()
		own := s.whole
		s.mu.Unlock()
		of := func(what string) float64 {
			return got[series("ipvs_server_response_seconds_"+what, "service", "tcp/10.0.2.100:8080", "server", id, "estimator", "timestamps")]
		}
		t.Logf("%s: %d answers in %.0f ms by its own clock, %.0f in %.0f ms by packets", id,
			own.answers, 1e3*own.took.Seconds()/float64(own.answers), of("count"), 1e3*of("sum")/of("count"))
	}
	for name, value := range got {
		if strings.HasPrefix(name, "ipvs_latency_lost_total{") && value > 0 {
			t.Logf("%s %.0f", name, value)
		}
	}
}

// source returns an entry of the tuner's sources.
func (a *truth) source(t *testing.T) string {
	t.Helper()
	prometheus := answerAt(t, "director", "127.0.0.1:0", a)
	return fmt.Sprintf("truth: {type: prometheus, url: 'http://%s', latency: latency, requests: requests}", prometheus.Addr)
}
