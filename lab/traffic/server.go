package traffic

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Server is a real server for HTTP. It answers any request with its name, after
// a service time during which the job holds a worker, or fails it.
//
//	POST /set?service_time=20ms&distribution=exponential&workers=4&failing=false
//	GET /stat
//
// change its settings, of which those left out stay, and tell its [Stat].
type Server struct {
	name  string
	queue queue

	mu       sync.Mutex
	settings Settings
	served   uint64
	random   *rand.Rand
}

// Stat is what GET /stat tells, in JSON.
type Stat struct {
	Name               string       `json:"name"`
	Served             uint64       `json:"served"`  // jobs done
	Busy               int          `json:"busy"`    // jobs being served
	Waiting            int          `json:"waiting"` // jobs queued
	ServiceTimeSeconds float64      `json:"service_time_seconds"`
	Distribution       Distribution `json:"distribution"`
	Workers            int          `json:"workers"` // 0: no limit
	Failing            bool         `json:"failing"`
}

// NewServer returns a server that answers with name. Two with the same seed
// draw the same service times. The error says what of the settings is wrong.
func NewServer(name string, seed uint64, settings Settings) (*Server, error) {
	if settings.Distribution == "" {
		settings.Distribution = Fixed
	}
	if err := settings.check(); err != nil {
		return nil, fmt.Errorf("traffic: server %s: %w", name, err)
	}
	s := &Server{name: name, settings: settings, random: rand.New(rand.NewPCG(seed, 0))}
	s.queue.setLimit(settings.Workers)
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/set":
		s.set(w, r)
	case "/stat":
		s.stat(w)
	default:
		s.work(w, r)
	}
}

func (s *Server) set(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "want POST", http.StatusMethodNotAllowed)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	settings, err := s.settings.with(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.settings = settings
	s.queue.setLimit(settings.Workers)
}

func (s *Server) stat(w http.ResponseWriter) {
	busy, waiting := s.queue.lengths()
	s.mu.Lock()
	stat := Stat{s.name, s.served, busy, waiting, s.settings.ServiceTime.Seconds(), s.settings.Distribution, s.settings.Workers, s.settings.Failing}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(stat) // a client that has gone needs no answer
}

func (s *Server) work(w http.ResponseWriter, r *http.Request) {
	if s.failing() {
		http.Error(w, "failing", http.StatusInternalServerError)
		return
	}
	if err := s.queue.enter(r.Context()); err != nil {
		return // the client has gone
	}
	defer s.queue.leave()
	if err := sleep(r.Context(), s.draw()); err != nil {
		return
	}
	s.mu.Lock()
	s.served++
	s.mu.Unlock()
	fmt.Fprintln(w, s.name)
}

func (s *Server) failing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings.Failing
}

func (s *Server) draw() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings.draw(s.random)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
