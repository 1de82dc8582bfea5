package tuner

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// showing is what the director shows of a real server at a second.
type showing struct {
	second      float64
	active      uint32
	connections uint64
}

func after(seconds float64) time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

func gather(shown []showing) window {
	var w window
	for _, s := range shown {
		w = w.add(after(s.second), ipvs.RealServer{ActiveConnections: s.active, Stats: ipvs.Stats{Connections: s.connections}}, 30*time.Second)
	}
	return w
}

func TestWindowStartsAnew(t *testing.T) {
	tests := []struct {
		name  string
		shown []showing
	}{
		{"first sample", []showing{{0, 1, 10}}},
		{"the same instant", []showing{{0, 1, 10}, {0, 5, 20}}},
		{"the counter fell", []showing{{0, 1, 100}, {10, 5, 200}, {20, 5, 199}}},
		{"the clock went back", []showing{{0, 1, 100}, {10, 5, 200}, {9, 5, 300}}},
		{"a gap", []showing{{0, 1, 100}, {10, 5, 200}, {41, 5, 300}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if m, ok := gather(test.shown).measure(); ok {
				t.Errorf("measured %+v", m)
			}
		})
	}
}

func TestLittlesLaw(t *testing.T) {
	tests := []struct {
		name          string
		shown         []showing
		rate, latency float64
	}{
		{"idle", []showing{{0, 0, 10}, {10, 0, 10}}, 0, 0},
		{"idle with open connections", []showing{{0, 7, 10}, {10, 7, 10}}, 0, 0},
		{"none seen active", []showing{{0, 0, 10}, {10, 0, 30}}, 2, 0},
		{"two samples", []showing{{0, 4, 0}, {10, 6, 100}}, 10, 0.5},
		{"after a restart", []showing{{0, 9, 500}, {10, 4, 0}, {20, 6, 100}}, 10, 0.5},
		// The counter moves every two seconds: four of them bring 80.
		{"counted from change to change", []showing{{0, 5, 0}, {2, 5, 20}, {4, 5, 40}, {6, 5, 60}, {8, 5, 80}, {9.9, 5, 80}}, 10, 0.5},
		{"unevenly sampled", []showing{{0, 2, 0}, {8, 2, 80}, {10, 8, 100}}, 10, 0.26},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, ok := gather(test.shown).measure()
			if !ok {
				t.Fatal("not measured")
			}
			sameNumbers(t, []float64{m.requestsPerSecond, m.latency}, []float64{test.rate, test.latency})
		})
	}
}

func TestWindowGoesOn(t *testing.T) {
	w := gather([]showing{{0, 5, 0}, {4, 5, 40}, {5, 5, 40}}).next()
	w = w.add(after(8), ipvs.RealServer{ActiveConnections: 5, Stats: ipvs.Stats{Connections: 80}}, 30*time.Second)
	m, _ := w.measure()
	sameNumbers(t, []float64{m.requestsPerSecond, m.latency}, []float64{10, 0.5})
}

func TestRead(t *testing.T) {
	tests := []struct {
		name     string
		shown    []showing
		ok, next bool // the window was measured; the next one is begun
	}{
		{"too few requests", []showing{{0, 1, 0}, {10, 1, 3}}, false, false},
		{"none seen active", []showing{{0, 0, 0}, {10, 0, 300}}, false, false},
		{"too few for too long", []showing{{0, 0, 0}, {29, 0, 1}, {58, 0, 1}, {87, 0, 1}, {116, 0, 1}, {145, 0, 1},
			{174, 0, 1}, {203, 0, 1}, {232, 0, 1}, {261, 0, 1}, {290, 0, 1}, {310, 0, 2}}, false, true},
		{"idle", []showing{{0, 0, 3}, {10, 0, 3}}, true, true},
		{"enough", []showing{{0, 50, 0}, {10, 50, 1000}}, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, next, ok := gather(test.shown).read(10 * time.Second)
			if ok != test.ok || (next.Samples == 0) != test.next {
				t.Errorf("got %v, next %+v", ok, next)
			}
		})
	}
}

// TestVarianceIsHonest simulates connections of exponential length that come
// at random, to a server that makes nobody wait, and wants the claimed error
// to cover the true one without being absurdly cautious.
func TestVarianceIsHonest(t *testing.T) {
	tests := []struct {
		name          string
		rate, latency float64
		spacing       float64 // of samples, seconds
		low, high     float64 // of the mean square of error over claimed error
	}{
		{"long ones at low load", 20, 0.5, 0.2, 0.3, 1.2},
		{"short ones at high load", 200, 0.05, 0.2, 0.3, 1.2},
		{"longer than the window", 50, 20, 0.2, 0.1, 1.2},
		{"two samples a window", 200, 0.2, 10, 0.2, 1.2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			scores, bias := simulateWindows(test.rate, test.latency, test.spacing)
			if scores < test.low || scores > test.high {
				t.Errorf("square of error over claimed error is %.2f, not from %v to %v", scores, test.low, test.high)
			}
			if math.Abs(bias) > 0.05 {
				t.Errorf("bias of the log latency is %.3f", bias)
			}
		})
	}
}

// simulateWindows returns the mean of (error / claimed error)² and the mean
// error of the log latency over 300 windows of 10 s.
func simulateWindows(rate, latency, spacing float64) (square, bias float64) {
	const windows, length = 300, 10.0
	random := rand.New(rand.NewPCG(5, 6))
	start := -10 * latency // by then as many leave as come
	var arrivals, departures []float64
	for t := start; t < length*(windows+1); t += random.ExpFloat64() / rate {
		arrivals = append(arrivals, t)
		departures = append(departures, t+latency*random.ExpFloat64())
	}
	slices.Sort(departures)
	count := func(sorted []float64, t float64) int {
		i, _ := slices.BinarySearch(sorted, t)
		return i
	}
	var w window
	n := 0.0
	for i := 0; float64(i)*spacing <= length*windows; i++ {
		t := float64(i) * spacing
		snapshot := 2*math.Floor((t-0.7)/2) + 0.7
		w = w.add(after(t), ipvs.RealServer{
			ActiveConnections: uint32(count(arrivals, t) - count(departures, t)),
			Stats:             ipvs.Stats{Connections: uint64(max(0, count(arrivals, snapshot)))},
		}, time.Minute)
		if w.Seconds < length-0.001 {
			continue
		}
		m, _ := w.measure()
		w = w.next()
		if off := math.Log(m.latency / latency); !math.IsInf(m.variance, 1) {
			square, bias, n = square+off*off/m.variance, bias+off, n+1
		}
	}
	return square / n, bias / n
}
