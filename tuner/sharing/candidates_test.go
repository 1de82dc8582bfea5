package sharing

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNoCandidates(t *testing.T) {
	traffic := Traffic{Rate: 100, Factor: 257, Active: all(2, 0.1), Inactive: all(2, 120)}
	tests := []struct {
		name, scheduler string
		wanted          []float64
	}{
		{"shares not by weight", "rr", []float64{0.5, 0.5}},
		{"no servers", "wrr", nil},
		{"no shares", "wlc", []float64{0, 0}},
		{"no number", "mh", []float64{math.NaN(), 1}},
		{"endless", "sh", []float64{math.Inf(1), 1}},
		{"negative", "sed", []float64{-1, 1}},
	}
	for _, test := range tests {
		t.Run(test.scheduler+" "+test.name, func(t *testing.T) {
			if got := Candidates(test.scheduler, test.wanted, &traffic, Limits{1, 1000, nil, 0}); got != nil {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	hundreds := []uint32{100, 100, 100, 100}
	tests := []struct {
		name, scheduler string
		wanted          []float64
		limits          Limits
		want            string
	}{
		{"equal", "wrr", all(4, 0.25), Limits{1, 1000, nil, 0}, "[[1 1 1 1]]"},
		{"small", "wrr", []float64{0.125, 0.125, 0.25, 0.5}, Limits{1, 1000, nil, 0}, "[[1 1 2 3] [1 1 2 4]]"},
		{"small but for a divisor", "wrr", []float64{0.125, 0.125, 0.25, 0.5}, Limits{10, 1000, nil, 0}, "[[10 10 20 30] [10 10 20 40]]"},
		{"of the usual size", "wrr", []float64{0.125, 0.125, 0.25, 0.5}, Limits{1, 1000, nil, 100}, "[[57 57 114 171] [50 50 100 200]]"},
		{"not quite of the usual size", "wrr", []float64{0.125, 0.125, 0.25, 0.5}, Limits{1, 150, nil, 100}, "[[50 50 100 150] [37 37 74 148]]"},
		{"the turns that stand", "mh", []float64{0.245, 0.25, 0.255, 0.25}, Limits{1, 1000, []uint32{50, 50, 51, 49}, 0}, "[[49 50 51 50] [11 11 11 11] [23 23 24 23] [32 33 34 33]]"},
		{"no room for a divisor", "wrr", []float64{0.2, 0.8}, Limits{50, 150, nil, 0}, "[[50 150]]"},
		{"one weight", "wrr", []float64{0.2, 0.8}, Limits{1, 1, nil, 0}, "[[1 1]]"},
		{"one quiescent", "wrr", []float64{0, 0.25, 0.75}, Limits{1, 1000, nil, 0}, "[[0 1 2] [0 1 3]]"},
		{"by rounds", "mh", []float64{0.125, 0.125, 0.25, 0.5}, Limits{1, 1000, nil, 0}, "[[1 1 2 3] [1 1 2 4]]"},
		{"all buckets", "sh", []float64{0.3, 0.3, 0.4}, Limits{1, 1000, nil, 0}, "[[1 1 2] [5 5 6] [19 19 26] [77 77 102]]"},
		{"room for a quiescent one", "sh", []float64{0.3, 0.7, 0}, Limits{1, 1000, nil, 0}, "[[1 2 0] [2 5 0] [9 22 0] [19 44 0] [38 89 0]]"},
		{"buckets and a least weight", "sh", []float64{0.25, 0.75}, Limits{20, 1000, nil, 0}, "[[20 44] [32 96]]"},
		{"the sum that stands", "wlc", all(4, 0.25), Limits{1, 1000, hundreds, 0}, "[[100 100 100 100]]"},
		{"the sum that stands alone", "lblc", []float64{0.1, 0.2, 0.3, 0.4}, Limits{1, 1000, hundreds, 0}, "[[38 79 121 162]]"},
		{"32 bits", "twos", []float64{0.1, 0.2, 0.3, 0.4}, Limits{1, 60000, nil, 0}, "[[10 20 30 40]]"},
	}
	for _, test := range tests {
		t.Run(test.scheduler+" "+test.name, func(t *testing.T) {
			n := len(test.wanted)
			traffic := Traffic{Rate: 100, Factor: 257, Active: all(n, 0.1), Inactive: all(n, 120)}
			var got [][]uint32
			for _, c := range Candidates(test.scheduler, test.wanted, &traffic, test.limits) {
				got = append(got, c.Weights)
			}
			if fmt.Sprint(got) != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestCandidatesKeepTheirPromises has random shares, traffic and limits.
func TestCandidatesKeepTheirPromises(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		wanted := anyShares(random)
		traffic := anyTraffic(random, len(wanted))
		low := 1 + random.Uint32N(20)
		limits := Limits{low, low * (1 + random.Uint32N(2000)), nil, 1000 * random.Float64()}
		for _, scheduler := range sharing() {
			found := Candidates(scheduler, wanted, &traffic, limits)
			if len(found) == 0 || len(found) > mostCandidates {
				t.Fatalf("%s: %d candidates for %v", scheduler, len(found), wanted)
			}
			for _, c := range found {
				checkCandidate(t, c, scheduler, wanted, &traffic, limits)
			}
		}
	}
}

func checkCandidate(t *testing.T, c Candidate, scheduler string, wanted []float64, traffic *Traffic, limits Limits) {
	t.Helper()
	if least := slices.Min(c.Weights); least < limits.Min || slices.Max(c.Weights) > limits.Max {
		t.Errorf("%s: weights %v for %v are not within %+v", scheduler, c.Weights, wanted, limits)
	}
	nearly(t, c.Shares, Shares(scheduler, c.Weights, traffic), 0)
	ideal := Weights(scheduler, wanted, traffic)
	for i := range wanted {
		for j := range wanted {
			if order := cmp.Compare(ideal[i], ideal[j]); order >= 0 && cmp.Compare(c.Weights[i], c.Weights[j])*order < 0 ||
				order == 0 && c.Weights[i] != c.Weights[j] && scheduler != "sh" {
				t.Fatalf("%s: weights %v for %v", scheduler, c.Weights, wanted)
			}
		}
	}
}

// TestLastCandidate comes as near as the scheduler's numbers allow: to 1 %
// where they are large, to two buckets under sh and a hundredth under mh.
func TestLastCandidate(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		wanted := anyShares(random)
		traffic := anyTraffic(random, len(wanted))
		for _, scheduler := range sharing() {
			found := Candidates(scheduler, wanted, &traffic, Limits{1, 10_000, nil, 0})
			error := 0.01 * slices.Max(wanted)
			switch scheduler {
			case "sh":
				error = 2.0 / 256
			case "mh":
				error = 0.01
			}
			nearly(t, found[len(found)-1].Shares, wanted, error)
			if t.Failed() {
				t.Fatalf("%s: last of %v", scheduler, found)
			}
		}
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add(0.5, 0.25, 0.25, 100.0, 0.1, 120.0, uint32(1), uint32(1000))
	f.Add(1e-300, 1.0, 0.0, 0.0, 0.0, 0.0, uint32(0), uint32(0))
	f.Add(math.MaxFloat64, 1.0, math.Inf(1), 1e300, -1.0, math.NaN(), uint32(math.MaxUint32), uint32(3))
	f.Fuzz(func(t *testing.T, a, b, c, rate, active, inactive float64, low, high uint32) {
		traffic := Traffic{Rate: rate, Factor: 257, Active: []float64{active, 1, active}, Inactive: all(3, inactive)}
		for _, scheduler := range sharing() {
			for _, found := range Candidates(scheduler, []float64{a, b, c}, &traffic, Limits{low, high, nil, rate}) {
				checkNumbers(t, scheduler, found, Limits{max(1, low), min(max(1, low, high), math.MaxInt32), nil, 0})
			}
		}
	})
}

func checkNumbers(t *testing.T, scheduler string, c Candidate, limits Limits) {
	t.Helper()
	sum := 0.0
	for i, w := range c.Weights {
		if w != 0 && (w < min(limits.Min, math.MaxInt32) || w > limits.Max) {
			t.Errorf("%s: weight %d is not within %+v", scheduler, w, limits)
		}
		if !(c.Shares[i] >= 0) {
			t.Errorf("%s: share %v of weights %v", scheduler, c.Shares[i], c.Weights)
		}
		sum += c.Shares[i]
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("%s: shares of %v add up to %v", scheduler, c.Weights, sum)
	}
}

func BenchmarkCandidates(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	wanted := make([]float64, 100)
	for i := range wanted {
		wanted[i] = math.Exp(random.NormFloat64() / 2)
	}
	normalise(wanted)
	for _, scheduler := range sharing() {
		b.Run(scheduler, func(b *testing.B) {
			traffic := Traffic{Rate: 10_000, Factor: 257, Active: all(100, 0.1), Inactive: all(100, 120)}
			b.ReportAllocs()
			for b.Loop() {
				Candidates(scheduler, wanted, &traffic, Limits{1, 1000, nil, 0})
			}
		})
	}
}
