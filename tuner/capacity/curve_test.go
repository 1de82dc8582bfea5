package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestWaiting(t *testing.T) {
	tests := []struct {
		name    string
		workers int
		busy    float64
		want    float64 // chance to wait
	}{
		{"nobody there", 4, 0, 0},
		{"all busy", 4, 1, 1},
		{"one worker", 1, 0.7, 0.7},
		{"two at half", 2, 0.5, 1.0 / 3},
		{"three at a third", 3, 1.0 / 3, 1.0 / 11},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := waiting(test.workers, test.busy); math.Abs(got-float64(test.busy*test.want)) > 1e-12 {
				t.Errorf("got %v, want %v of %v", got, test.want, test.busy)
			}
		})
	}
}

// TestCurvesAreErlangs compares with the sum over the states of M/M/c, between
// the places at which the curves are tabulated too.
func TestCurvesAreErlangs(t *testing.T) {
	curves := NewCurves()
	for i, n := range workers() {
		for p := 0.003; p < 0.9999; p += 0.0071 {
			if got, want := curves.of[i].present(p, Chance()), presentByStates(n, p); math.Abs(got/want-1) > 2e-4 {
				t.Errorf("%d workers at %.3f: %v present, want %v", n, p, got, want)
			}
		}
	}
}

// presentByStates returns the mean of the requests present in M/M/c by the
// chances of having 0, 1, 2 ... of them, each a multiple of the one before.
func presentByStates(workers int, busy float64) float64 {
	chance, all, mean := 1.0, 1.0, 0.0
	for k := 1; chance > 1e-14*all || k < workers; k++ {
		chance *= busy * float64(workers) / float64(min(k, workers))
		all += chance
		mean += float64(k) * chance
	}
	return mean / all
}

// TestCurvesAreQueues simulates queues whose requests come by chance, and every
// k-th of those that do: a squared coefficient of variation of 1/k.
func TestCurvesAreQueues(t *testing.T) {
	tests := []struct {
		worker  int // index
		busy    float64
		every   int
		withins float64 // part of the requests present
	}{
		{0, 0.5, 1, 0.03}, {0, 0.9, 1, 0.06}, {2, 0.8, 1, 0.03}, {4, 0.9, 1, 0.03},
		{0, 0.5, 4, 0.06}, {0, 0.9, 4, 0.08}, {2, 0.8, 4, 0.04}, {2, 0.95, 4, 0.1}, {4, 0.9, 2, 0.04},
	}
	curves := NewCurves()
	for _, test := range tests {
		n := workers()[test.worker]
		t.Run(fmt.Sprintf("%d workers at %v, every %d.", n, test.busy, test.every), func(t *testing.T) {
			want := simulated(rand.New(rand.NewPCG(3, 4)), n, test.busy, 1, test.every-1)
			got := curves.of[test.worker].present(test.busy, Dealt(1/float64(test.every)))
			if math.Abs(got/want-1) > test.withins {
				t.Errorf("%v present, simulated %v", got, want)
			}
		})
	}
}

// TestRunsAreQueues simulates queues that get so many requests in a row, and
// then none of as many or more that come by chance.
func TestRunsAreQueues(t *testing.T) {
	tests := []struct {
		worker     int // index
		busy       float64
		run, pause int
		within     float64 // of the requests present
	}{
		{0, 0.5, 5, 5, 0.04}, {0, 0.5, 20, 20, 0.25}, {0, 0.7, 10, 10, 0.07}, {0, 0.85, 10, 10, 0.1},
		{2, 0.6, 15, 10, 0.05}, {2, 0.6, 15, 30, 0.2}, {2, 0.8, 10, 10, 0.07}, {2, 0.8, 40, 20, 0.15},
	}
	curves := NewCurves()
	for _, test := range tests {
		n, share := workers()[test.worker], float64(test.run)/float64(test.run+test.pause)
		t.Run(fmt.Sprintf("%d workers at %v, runs of %d and %d", n, test.busy, test.run, test.pause), func(t *testing.T) {
			want := simulated(rand.New(rand.NewPCG(3, 4)), n, test.busy, test.run, test.pause)
			top := (1 - share) * float64(test.run) // ahead at the end of a run
			got := curves.of[test.worker].present(test.busy, InRuns(share, share*(1-share), top*top/12))
			if math.Abs(got/want-1) > test.within {
				t.Errorf("%v present, simulated %v", got, want)
			}
		})
	}
}

// simulated returns the mean of the requests present, by Little's law on their
// times in the system: of requests that come by chance, the server gets so many
// in a row and then none for a pause.
func simulated(random *rand.Rand, workers int, busy float64, run, pause int) float64 {
	const requests = 400_000
	rate := busy * float64(workers) // each worker does one a second
	all := rate * float64(run+pause) / float64(run)
	free := make([]float64, workers)
	now, total := 0.0, 0.0
	for n := range requests {
		now += random.ExpFloat64() / all
		if n%run == 0 {
			for range pause {
				now += random.ExpFloat64() / all
			}
		}
		first := slices.Index(free, slices.Min(free))
		free[first] = max(now, free[first]) + random.ExpFloat64()
		total += free[first] - now
	}
	return total / requests * rate
}

// flows are of every kind: by chance, dealt evenly, and in runs.
func flows() []Flow {
	return []Flow{Chance(), Dealt(0), Dealt(0.01), Dealt(0.25), Dealt(0.9), Dealt(1), Dealt(30), Dealt(200),
		InRuns(0.9, 0.01, 0.2), InRuns(0.5, 0.1, 4), InRuns(0.3, 0.05, 20), InRuns(0.5, 0.1, 1e5), InRuns(0.01, 1e-3, 1e3)}
}

func TestDealtByChanceIsChance(t *testing.T) {
	if got := Dealt(1); got != Chance() {
		t.Errorf("got %+v", got)
	}
	if got := InRuns(1, 0, 0); got != Chance() {
		t.Errorf("all of them: got %+v", got)
	}
}

func TestMoreEvenlyIsFewer(t *testing.T) {
	c := &NewCurves().of[0]
	for p := 0.05; p < 1; p += 0.05 {
		before := 0.0
		for _, f := range []Flow{Dealt(0), Dealt(0.2), Dealt(0.5), InRuns(0.5, 0.1, 0.1), InRuns(0.5, 0.1, 1), InRuns(0.5, 0.2, 4), InRuns(0.5, 0.2, 20)} {
			n := c.present(p, f)
			if n <= before {
				t.Errorf("at %v under %+v: %v present, %v with less", p, f, n, before)
			}
			before = n
		}
		for v := 0.0; v < 2; v += 0.2 {
			if n := c.present(p, Dealt(v)); n >= c.present(p, Dealt(v+0.2)) {
				t.Errorf("at %v with a variation of %v: %v present, not more with more", p, v, n)
			}
		}
	}
}

func TestMarginalIsTheSlope(t *testing.T) {
	const h = 1e-6
	curves := NewCurves()
	for i := range curves.of {
		c := &curves.of[i]
		for _, f := range flows() {
			for p := 0.003; p < 0.995; p += 0.0071 {
				want := (c.present(p+h, f) - c.present(p-h, f)) / (2 * h)
				if got := c.marginal(p, f); math.Abs(got/want-1) > 1e-4 {
					t.Errorf("%v workers, %+v at %.3f: %v, want %v", c.workers, f, p, got, want)
				}
			}
		}
	}
}

func TestBendsUpwards(t *testing.T) {
	curves := NewCurves()
	for i := range curves.of {
		c := &curves.of[i]
		for p := 0.0; p <= full; p += 0.007 {
			first, second := c.bend(p, Chance())
			if first != c.marginal(p, Chance()) || !(second > 0) {
				t.Errorf("%v workers at %.3f: %v and %v", c.workers, p, first, second)
			}
		}
	}
}

// TestBusyIsTheInverse has the busy fraction come back, and its slope as seen
// by having a little more present.
func TestBusyIsTheInverse(t *testing.T) {
	curves := NewCurves()
	for i := range curves.of {
		c := &curves.of[i]
		for _, f := range flows() {
			for p := 0.01; p < 0.99; p += 0.07 {
				present := c.present(p, f)
				got, slope := c.busy(present, f)
				if math.Abs(got-p) > 1e-5 {
					t.Errorf("%v workers, %+v: %v busy, want %v", c.workers, f, got, p)
				}
				want := present / (p * c.marginal(p, f))
				if math.Abs(slope-want) > 0.003*want {
					t.Errorf("%v workers, %+v at %v: slope %v, want %v", c.workers, f, p, slope, want)
				}
			}
		}
	}
}

func TestBusyAtTheEnds(t *testing.T) {
	tests := []struct {
		name      string
		present   float64
		low, high float64 // bounds of the busy fraction
	}{
		{"endless", 1e18, 0.999, 1},
		{"a whole day's", 1e9, 0.999, 1},
		{"hardly any", 1e-12, 0, 1e-12},
	}
	curves := NewCurves()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i := range curves.of {
				busy, slope := curves.of[i].busy(test.present, Chance())
				if !(busy > test.low && busy <= test.high) || !(slope > 0 && slope <= 1) {
					t.Errorf("%v workers: %v busy, slope %v", curves.of[i].workers, busy, slope)
				}
			}
		})
	}
}

// TestPooled has less wait where the share is smaller, and as much as by chance
// at a server that has all requests.
func TestPooled(t *testing.T) {
	if got := Pooled(1); got != Chance() {
		t.Errorf("all: got %+v", got)
	}
	before := 1.0
	for _, share := range []float64{0.5, 0.25, 0.01, 0} {
		now := Pooled(share).Waiting
		if !(now < before && now > 0.2) {
			t.Errorf("%v: got %v after %v", share, now, before)
		}
		before = now
	}
}
