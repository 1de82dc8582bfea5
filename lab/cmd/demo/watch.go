package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// startLimit is how long all may take to answer, with a machine to boot.
	startLimit = 5 * time.Minute
	// showInterval is the time between two looks at the real servers.
	showInterval = 10 * time.Second
)

// watch shows the addresses once they answer, and then the real servers.
func (s *stage) watch(ctx context.Context) error {
	for _, url := range s.urls() {
		if err := await(ctx, url); err != nil {
			return err
		}
	}
	s.screen.showAddresses(s.ports)
	ticks := time.NewTicker(showInterval)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		s.look(ctx)
	}
}

func (s *stage) urls() []string {
	urls := []string{s.ports.exporter.url() + "/", s.ports.tuner.url() + "/"}
	if s.ports.prometheus != (port{}) {
		urls = append(urls, s.ports.prometheus.url()+"/-/ready")
	}
	if s.ports.grafana != (port{}) {
		urls = append(urls, s.ports.grafana.url()+"/api/health")
	}
	return urls
}

// look shows the real servers as the tuner sees them now. A look that fails is
// told, and the next may succeed.
func (s *stage) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, showInterval/2)
	defer cancel()
	servers, err := getServers(ctx, s.ports.tuner.url()+"/metrics")
	switch {
	case context.Cause(ctx) == context.Canceled:
	case err != nil:
		s.screen.event("not to be read: " + err.Error())
	default:
		s.screen.showServers(servers)
	}
}

// await returns once url answers with success.
func await(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("no answer from %s in %s", url, startLimit))
	defer cancel()
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for !answers(ctx, url) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-pause.C:
		}
	}
	return nil
}

func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	answer, err := get(ctx, url)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return true
}

// get returns an answer of status 200, whose body is to be closed.
func get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("get %s: %s", url, answer.Status)
	}
	return answer, nil
}
