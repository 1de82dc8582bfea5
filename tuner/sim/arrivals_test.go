package sim

import (
	"math"
	"slices"
	"testing"
	"time"
)

// between returns how many connections come from one instant to another.
func between(t Traffic, seed uint64, from, to time.Duration) float64 {
	a, n := newArrivals(t, seed), 0
	for at := a.next(); at < to; at = a.next() {
		if at >= from {
			n++
		}
	}
	return float64(n)
}

func steady(perSecond float64) []Point { return []Point{{0, perSecond}} }

// TestArrivalCounts compares numbers with their means, which are integrals of
// the rate, within five deviations.
func TestArrivalCounts(t *testing.T) {
	const s = time.Second
	day := Traffic{Curve: []Point{{0, 100}, {50 * s, 300}, {100 * s, 100}}, Repeat: 100 * s}
	crowd := Traffic{Curve: steady(100), Surges: []Surge{{At: 50 * s, Rise: 20 * s, Last: 30 * s, Fall: 0, Factor: 5}}}
	tests := []struct {
		name     string
		traffic  Traffic
		from, to time.Duration
		want     float64
	}{
		{"no rate", Traffic{Curve: steady(0)}, 0, 1000 * s, 0},
		{"constant", Traffic{Curve: steady(100)}, 0, 1000 * s, 100000},
		{"before the first point", Traffic{Curve: []Point{{500 * s, 10}, {500 * s, 0}}}, 0, 1000 * s, 5000},
		{"step", Traffic{Curve: []Point{{0, 10}, {500 * s, 10}, {500 * s, 100}}}, 500 * s, 600 * s, 10000},
		{"ramp", Traffic{Curve: []Point{{100 * s, 0}, {200 * s, 1000}}}, 150 * s, 200 * s, 37500},
		{"nothing before a ramp", Traffic{Curve: []Point{{100 * s, 0}, {200 * s, 1000}}}, 0, 100 * s, 0},
		{"repeated", day, 200 * s, 300 * s, 20000},
		{"repeated, in the middle", day, 340 * s, 360 * s, 20 * 280},
		{"crowd comes", crowd, 50 * s, 70 * s, 20 * 300},
		{"crowd stays", crowd, 70 * s, 100 * s, 30 * 500},
		{"crowd is gone", crowd, 100 * s, 200 * s, 10000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := between(test.traffic, 11, test.from, test.to)
			if math.Abs(n-test.want) > 5*math.Sqrt(test.want) {
				t.Errorf("%v came, want about %v", n, test.want)
			}
		})
	}
}

func TestBursts(t *testing.T) {
	traffic := Traffic{Curve: steady(100), Bursts: Bursts{Factor: 9, Burst: time.Second, Calm: 3 * time.Second}}
	if got := traffic.meanRate(0, time.Second); math.Abs(got-300) > 1e-9 {
		t.Errorf("mean rate is %v, want 300", got)
	}
	const seconds, runs = 4000.0, 5
	total := 0.0
	for seed := range uint64(runs) {
		total += between(traffic, seed, 0, time.Duration(seconds)*time.Second)
	}
	// The time spent bursting has a variance of 2·pq·cycle·length, with
	// p = 1/4 and a correlation time of 3/4 s.
	deviation := 800 * math.Sqrt(2*0.25*0.75*0.75*seconds*runs)
	if want := 300 * seconds * runs; math.Abs(total-want) > 5*deviation {
		t.Errorf("%v came, want %v within %v", total, want, 5*deviation)
	}
}

func TestGapsAreExponential(t *testing.T) {
	a := newArrivals(Traffic{Curve: []Point{{0, 1000}, {time.Hour, 1000.001}}}, 1)
	last, squares, sum := time.Duration(0), 0.0, 0.0
	const n = 100000
	for range n {
		at := a.next()
		gap := (at - last).Seconds() * 1000
		sum, squares, last = sum+gap, squares+gap*gap, at
	}
	if mean := sum / n; math.Abs(mean-1) > 5/math.Sqrt(n) {
		t.Errorf("mean gap is %v", mean)
	}
	if second := squares / n; math.Abs(second-2) > 5*math.Sqrt(20.0/n) {
		t.Errorf("mean squared gap is %v, want 2", second)
	}
}

func TestListedArrivals(t *testing.T) {
	list := []time.Duration{5, 5, 9}
	a := newArrivals(Traffic{Arrivals: list}, 1)
	var got []time.Duration
	for at := a.next(); at != forever; at = a.next() {
		got = append(got, at)
	}
	if !slices.Equal(got, list) {
		t.Errorf("came at %v", got)
	}
	if rate := (Traffic{Arrivals: list}).meanRate(5, time.Second); rate != 3 {
		t.Errorf("mean rate is %v", rate)
	}
}
