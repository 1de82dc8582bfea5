package tuner

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestUpheaval(t *testing.T) {
	f := *prepared(t, fleetOf("wlc", 100, bearing(100, 0.1), bearing(100, 0.1), bearing(0, 0)))
	f.rates()
	for i := range f.servers {
		f.servers[i].InactiveConnections = 4000
	}
	tests := []struct {
		name    string
		to      []uint32
		atLeast float64
		atMost  float64
	}{
		{"nothing", []uint32{10, 10, 10}, 0, 0},
		{"a common factor", []uint32{30, 30, 30}, 0, 0},
		{"one that is not known grows", []uint32{10, 10, 20}, 0, 0},
		// 6000 - 4000 at (95 - 33)·257 connections per second and second: half a
		// standard deviation less than 100.
		{"one grows to half", []uint32{20, 10, 10}, 118, 132},
		{"one takes all", []uint32{1000, 1, 1}, 1900, 2100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := f.upheaval(test.to, SharesOf(weightsOf(f.servers))); got < test.atLeast || got > test.atMost {
				t.Errorf("got %v, want from %v to %v", got, test.atLeast, test.atMost)
			}
			f := f
			f.service.Scheduler = "wrr"
			if got := f.upheaval(test.to, SharesOf(weightsOf(f.servers))); got != 0 {
				t.Errorf("wrr: got %v", got)
			}
		})
	}
}

func TestMixtures(t *testing.T) {
	tests := []struct {
		scheduler string
		want      [][]float64
	}{
		{"mh", [][]float64{{0.8, 0.2}}},
		{"wlc", [][]float64{{0.8, 0.2}, {0.65, 0.35}, {0.575, 0.425}, {0.536, 0.464}, {0.518, 0.482}}},
		{"wrr", [][]float64{{0.8, 0.2}, {0.775, 0.225}, {0.75, 0.25}}},
	}
	for _, test := range tests {
		t.Run(test.scheduler, func(t *testing.T) {
			f := prepared(t, fleetOf(test.scheduler, 200, bearing(300, 0.001), bearing(100, 0.001)))
			f.rates()
			for i := range f.loads {
				f.loads[i].High = 1e9
			}
			got := f.mixtures([]float64{160, 40}, []float64{0.5, 0.5})
			if len(got) != len(test.want) {
				t.Fatalf("got %v", got)
			}
			for i, want := range test.want {
				for k, share := range want {
					if math.Abs(got[i][k]-share) > 1e-6 {
						t.Errorf("mixture %d: got %v, want %v", i, got[i], want)
					}
				}
			}
		})
	}
}

func TestOptimize(t *testing.T) {
	failing, joined, unknown := bearing(100, 0.02), bearing(0, 0), bearing(0, 0)
	failing.failing, joined.joined = true, true
	narrow := fleetOf("wrr", 100, joined, bearing(100, 0.02))
	narrow.limits = Weights{Min: 10, Max: 10, MaxChangeRatio: 0.3}
	tests := []struct {
		name  string
		fleet fleet
		want  Action
		code  Code
		least []int // servers, by index, from the least weight up
	}{
		{"nothing known", fleetOf("wrr", 100, unknown, unknown), Hold, CodeNoObservations, nil},
		{"no weights will do", narrow, Hold, CodeRange, nil},
		{"equal under wrr", fleetOf("wrr", 140, bearing(100, 0.02), bearing(100, 0.02)), Hold, CodeSettled, nil},
		{"equal under mh", fleetOf("mh", 140, bearing(100, 0.02), bearing(100, 0.02)), Hold, CodeSettled, nil},
		{"equal under wlc", fleetOf("wlc", 140, bearing(100, 0.02), bearing(100, 0.02)), Hold, CodeSettled, nil},
		{"almost equal", fleetOf("wrr", 120, bearing(100, 0.02), bearing(99, 0.02)), Hold, CodeSettled, nil},
		{"unequal under wrr", fleetOf("wrr", 220, bearing(300, 0.02), bearing(100, 0.02)), Apply, CodeGain, []int{1, 0}},
		{"unequal under sed", fleetOf("sed", 220, bearing(300, 0.02), bearing(100, 0.02)), Apply, CodeGain, []int{1, 0}},
		{"unequal under sh", fleetOf("sh", 220, bearing(300, 0.02), bearing(100, 0.02)), Apply, CodeGain, []int{1, 0}},
		{"one fails", fleetOf("wrr", 100, bearing(100, 0.02), failing, bearing(200, 0.02)), Apply, CodeFailing, []int{1, 0, 2}},
		{"one has joined", fleetOf("wrr", 100, bearing(100, 0.02), joined, bearing(100, 0.02)), Apply, CodeJoined, []int{1, 0, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.fleet.optimize(blank(&test.fleet))
			if got.action != test.want || got.code != test.code {
				t.Fatalf("got %s %s: %s", got.action, got.code, got.reason)
			}
			for i := 1; i < len(test.least); i++ {
				if a, b := test.least[i-1], test.least[i]; got.weights[a] > got.weights[b] {
					t.Errorf("weights %v: server %d has more than server %d", got.weights, a, b)
				}
			}
		})
	}
}

func TestSaves(t *testing.T) {
	const urgent = "a real server gets far from what it is to get"
	tests := []struct {
		name          string
		before, after float64
		want          string
	}{
		{"nothing known of those present", 0, 0, urgent},
		{"no weights at all", 10, math.Inf(1), urgent},
		{"a loss", 10, 11, urgent},
		{"a quarter", 10, 7.5, "saves about 25 % of the time that requests take"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := saves(gained(test.before, test.after)); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestSmallGainsAddUp has a small gain be worth a write if it lasts, and one
// that is none never.
func TestSmallGainsAddUp(t *testing.T) {
	periodsUntil := func(capacity float64) int {
		known := &serviceState{Servers: make([]serverState, 2)}
		for n := range 1000 {
			f := fleetOf("mh", 120, bearing(100, 0.02), bearing(capacity, 0.02))
			if f.optimize(known).action == Apply {
				return n + 1
			}
		}
		return 0
	}
	if got := periodsUntil(150); got != 1 {
		t.Errorf("a large gain is taken after %d periods", got)
	}
	if got := periodsUntil(118); got < 2 || got > 20 {
		t.Errorf("a small gain is taken after %d periods", got)
	}
	if got := periodsUntil(103); got != 0 {
		t.Errorf("no gain to speak of is taken after %d periods", got)
	}
}

// TestFarTooLittleIsMended has a server that gets a small part of what it is to
// get have more at once, whatever little that saves.
func TestFarTooLittleIsMended(t *testing.T) {
	for _, test := range []struct {
		weight uint32
		want   Action
	}{{6, Hold}, {1, Apply}} {
		servers := make([]server, 8)
		for i := range servers {
			servers[i] = bearing(100, 0.02)
		}
		f := fleetOf("mh", 80, servers...)
		f.servers[0].Weight = test.weight
		for i, share := range SharesOf(weightsOf(f.servers)) {
			f.servers[i].share, f.servers[i].perSecond = share, 80*share
		}
		if got := f.optimize(blank(&f)); got.action != test.want {
			t.Errorf("weight %d: %s, %s", test.weight, got.action, got.reason)
		}
	}
}

// TestOptimizeAnyFleet has random beliefs under every scheduler that shares by
// weight: what is planned is within the limits, brings nobody more than it may
// get, and is predicted to be better than what stands.
func TestOptimizeAnyFleet(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	schedulers := []string{"wrr", "wlc", "sed", "nq", "mh", "sh", "twos", "lblc", "lblcr"}
	applied := 0
	for n := range 900 {
		f, ok := anyFleet(random, schedulers[n%len(schedulers)])
		if !ok {
			continue
		}
		before, known := weightsOf(f.servers), blank(f)
		d := f.optimize(known)
		if !slices.Equal(before, weightsOf(f.servers)) || !(known.Worth >= 0 && known.Worth < math.Inf(1)) {
			t.Fatalf("fleet %d: worth %v, weights %v", n, known.Worth, weightsOf(f.servers))
		}
		if d.action != Apply {
			if d.weights != nil {
				t.Errorf("fleet %d: %s with weights", n, d.action)
			}
			continue
		}
		applied++
		for i, w := range d.weights {
			if w < f.limits.Min || w > f.limits.Max {
				t.Errorf("fleet %d: weight %d is not from %d to %d", n, w, f.limits.Min, f.limits.Max)
			}
			share := f.shares(d.weights)[i]
			if s := &f.servers[i]; s.bears() && share*f.total > 1.001*beyond*f.loads[i].High {
				t.Errorf("fleet %d: %v to server %d, which may get %v", n, share*f.total, i, f.loads[i].High)
			}
		}
		if total := sum(f.shares(d.weights)); math.Abs(total-1) > 1e-9 {
			t.Errorf("fleet %d: shares sum to %v", n, total)
		}
		if d.code == CodeGain && strings.Contains(d.reason, "-") {
			t.Errorf("fleet %d: %s", n, d.reason)
		}
	}
	if applied < 300 {
		t.Errorf("only %d plans change anything", applied)
	}
}

// blank returns a state that knows nothing of the fleet's servers.
func blank(f *fleet) *serviceState {
	return &serviceState{Servers: make([]serverState, len(f.servers))}
}
