//go:build lab

package e2e

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// sharedServers is how many real servers a shared service has.
const sharedServers = 3

func sharedServer(n int) string { return fmt.Sprintf("10.0.2.1%d:8080", n) }

// shared is a service in a network namespace whose weights somebody else writes
// too, with a tuner to which the test says how fast the servers are.
type shared struct {
	*testing.T
	namespace string
	other     *output // of who else writes
	tuner     *output
	speeds
}

// tune starts a tuner that leaves edits alone for three decisions. Its command
// begins with before.
func (s *shared) tune(before string) {
	s.Helper()
	s.tuner = s.speeds.tune(s.T, s.namespace, before, "settle: 12s")
}

func (s *shared) signalTuner(signal string) {
	s.Helper()
	sh(s.T, `for pid in $(ip netns pids `+s.namespace+`); do
		[ "$(cat /proc/$pid/comm)" != weight-tuner ] || kill -`+signal+` $pid
	done`)
}

// quicken has a server be four times as fast as the others.
func (s *shared) quicken(server int) {
	latencies := map[string]float64{}
	for i := range sharedServers {
		latencies[sharedServer(i+1)] = 0.04
	}
	latencies[sharedServer(server)] = 0.01
	s.set(latencies)
}

// favour does so, and waits until it has most of the weight.
func (s *shared) favour(server int) {
	s.Helper()
	s.quicken(server)
	s.awaitWeights("favour "+sharedServer(server), func(weights map[string]uint32) bool {
		return len(weights) == sharedServers && sharesOf(weights)[sharedServer(server)] > 0.45
	})
}

// satisfy has the servers be as fast as their weights want them, and waits until
// the tuner has just decided to write nothing: the next decision is some seconds
// away.
func (s *shared) satisfy() {
	s.Helper()
	latencies := map[string]float64{}
	for server, weight := range s.weights() {
		latencies[server] = 1 / float64(weight)
	}
	s.set(latencies)
	for wrote := math.NaN(); s.writes() != wrote; {
		wrote = s.writes()
		s.decisions(0)
	}
}

func (s *shared) weights() map[string]uint32 {
	s.Helper()
	weights, _ := written(s.T, s.namespace)
	return weights
}

// awaitWeights waits until the weights are as wanted, or anything else is so.
func (s *shared) awaitWeights(what string, wanted func(weights map[string]uint32) bool) {
	s.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !wanted(s.weights()) {
		if time.Now().After(deadline) {
			s.Fatalf("nobody does %s in 2 minutes, the weights are %v\n%s\n%s", what, s.weights(), s.other, s.tuner)
		}
		time.Sleep(250 * time.Millisecond)
	}
}

func (s *shared) metric(name string) float64 {
	s.Helper()
	return scrape(s.T, s.namespace, tunerMetrics, "weight_tuner_")[name]
}

// writes and conflicts are how often the tuner has written, and seen that
// somebody else has.
func (s *shared) writes() float64 {
	s.Helper()
	return s.metric("weight_tuner_writes_total")
}

func (s *shared) conflicts() float64 {
	s.Helper()
	return s.metric(series("weight_tuner_conflicts_total", "service", "tcp/10.0.1.100:80"))
}

// decided returns how many decisions of some action had a reason.
func (s *shared) decided(action, reason string) float64 {
	s.Helper()
	return s.metric(series("weight_tuner_decisions_total", "service", "tcp/10.0.1.100:80", "action", action, "reason", reason))
}

// decisions waits until so many more have begun and ended, and one that may have
// begun before.
func (s *shared) decisions(n int) {
	s.Helper()
	const cycles = "weight_tuner_cycle_duration_seconds_count"
	last := s.metric(cycles) + float64(n) + 1
	s.awaitWeights("decide", func(map[string]uint32) bool { return s.metric(cycles) >= last })
}

func (s *shared) expectConflicts(want float64) {
	s.Helper()
	if got := s.conflicts(); got != want {
		s.Errorf("%v conflicts, want %v:\n%s", got, want, s.tuner)
	}
}
