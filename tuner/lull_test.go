package tuner

import (
	"math"
	"slices"
	"testing"
)

func TestLulled(t *testing.T) {
	// Searched for at 50 seconds, with periods of ten.
	searched := serviceState{Changed: stampAfter(0), Lull: lull{Since: stampAfter(50), Gain: 0.004, Slack: 0.02}}
	with := func(change func(*serviceState)) serviceState {
		known := searched
		change(&known)
		return known
	}
	tests := []struct {
		name    string
		known   serviceState
		servers int
		at      float64
		slack   float64
		want    bool
	}{
		{"never searched", serviceState{}, 60, 60, 0, false},
		{"few servers", searched, 8, 60, 0.02, false},
		{"the same moment", searched, 60, 50, 0.02, false},
		{"the clock went back", searched, 60, 30, 0.02, false},
		{"weights changed since", with(func(s *serviceState) { s.Changed = stampAfter(50) }), 60, 60, 0.02, false},
		{"a gain comes to a write", with(func(s *serviceState) { s.Lull.Gain = 0.024 }), 60, 60, 0.02, false},
		{"what was seen before makes it one", with(func(s *serviceState) { s.Worth = 0.0195 }), 60, 60, 0.02, false},
		{"rates gain so much more", searched, 60, 60, 0.04, false},
		{"a little more, for long", searched, 60, 100, 0.025, false},
		{"too long ago", searched, 60, 110, 0.02, false},
		{"a little more", searched, 60, 70, 0.025, true},
		{"as before", searched, 60, 100, 0.02, true},
		{"rates gain less", searched, 60, 60, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fleetOf("wrr", 100, slices.Repeat([]server{bearing(100, 0.1)}, test.servers)...)
			f.at = momentOf(stampAfter(test.at), stampAfter(test.at-10), plantConfig().Interval)
			if got := f.lulled(&test.known, test.slack); got != test.want {
				t.Errorf("got %v", got)
			}
			f.servers[0].failing = true
			if f.lulled(&test.known, test.slack) {
				t.Error("a server fails")
			}
		})
	}
}

func TestWorth(t *testing.T) {
	tests := []struct {
		name         string
		since        float64 // of the search before; 0 is none
		found        float64 // by that
		before, gain float64
		want         float64
	}{
		{"no weights", 50, 0.01, 0.01, math.Inf(-1), 0},
		{"no search before", 0, 0, 0.01, 0.005, 0.012},
		{"one a period ago", 90, 0.01, 0.01, 0.005, 0.012},
		{"the clock went back", 150, 0.01, 0.01, 0.005, 0.012},
		{"as much meanwhile", 70, 0.005, 0.01, 0.005, 0.016},
		{"the lesser one meanwhile", 70, 0.004, 0.01, 0.023, 0.032},
		{"nothing meanwhile", 70, 0, 0.003, 0.013, 0.01},
		{"hours ago", 1, 0.005, 0, 0.005, 0.014},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, now := lull{Gain: test.found}, 100.0
			if test.since > 0 {
				l.Since = stampAfter(test.since)
			}
			if test.since == 1 {
				now = 1e5
			}
			got := l.worth(test.before, test.gain, momentOf(stampAfter(now), stampAfter(now-10), plantConfig().Interval))
			if !(math.Abs(got-test.want) < 1e-12) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
