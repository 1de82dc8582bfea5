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

func stampAfter(seconds float64) stamp { return stampOf(after(seconds)) }

func gather(shown []showing) window {
	var w window
	for _, s := range shown {
		w = w.add(stampAfter(s.second), &ipvs.RealServer{ActiveConnections: s.active, Stats: ipvs.Stats{Connections: s.connections}}, 30*time.Second)
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
	w = w.add(stampAfter(8), &ipvs.RealServer{ActiveConnections: 5, Stats: ipvs.Stats{Connections: 80}}, 30*time.Second)
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
		{"a queue that grows", []showing{{0, 1, 0}, {2, 15, 40}, {4, 30, 80}, {6, 45, 120}, {8, 60, 160}, {10, 75, 200}}, true, true},
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
// at random, and wants the claimed error to cover the true one without being
// absurdly cautious.
func TestVarianceIsHonest(t *testing.T) {
	tests := []struct {
		name      string
		rate      float64 // requests per second
		service   float64 // seconds, without waiting
		queue     bool    // one is served at a time
		spacing   float64 // of samples, seconds
		low, high float64 // of the mean square of error over claimed error
	}{
		{"long ones at low load", 20, 0.5, false, 0.2, 0.3, 1.2},
		{"short ones at high load", 200, 0.05, false, 0.2, 0.3, 1.2},
		{"longer than the window", 50, 20, false, 0.2, 0.2, 1.2},
		{"two samples a window", 200, 0.2, false, 10, 0.2, 1.2},
		{"a queue at half load", 50, 0.01, true, 0.2, 0.3, 1.2},
		{"a queue at 80 % load", 80, 0.01, true, 0.2, 0.3, 1.5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(5, 6))
			visits := simulateVisits(random, test.rate, test.service, test.queue)
			square, bias := visits.scores(test.spacing)
			if square < test.low || square > test.high {
				t.Errorf("square of error over claimed error is %.2f, not from %v to %v", square, test.low, test.high)
			}
			if math.Abs(bias) > 0.1 {
				t.Errorf("bias of the log latency is %.3f", bias)
			}
		})
	}
}

const simulatedSeconds = 3000.0

// visits are the times at which connections begin and end, each sorted.
type visits struct {
	begin, end []float64
	latency    float64 // mean of the difference
}

// simulateVisits begins before 0, so that by then as many end as begin.
func simulateVisits(random *rand.Rand, rate, service float64, queue bool) (v visits) {
	free := math.Inf(-1) // when the queue is empty again
	for now := -10*service - 100; now < simulatedSeconds+10; now += random.ExpFloat64() / rate {
		end := now + service*random.ExpFloat64()
		if queue {
			end += max(0, free-now)
			free = end
		}
		v.begin, v.end = append(v.begin, now), append(v.end, end)
		v.latency += end - now
	}
	v.latency /= float64(len(v.begin))
	slices.Sort(v.end)
	return v
}

// shown returns what the director shows: the counter is a snapshot taken every
// two seconds.
func (v visits) shown(now float64) ipvs.RealServer {
	count := func(sorted []float64, t float64) uint32 {
		i, _ := slices.BinarySearch(sorted, t)
		return uint32(i)
	}
	snapshot := 2*math.Floor((now-0.7)/2) + 0.7
	return ipvs.RealServer{
		ActiveConnections: count(v.begin, now) - count(v.end, now),
		Stats:             ipvs.Stats{Connections: uint64(count(v.begin, snapshot))},
	}
}

// scores returns the mean of (error / claimed error)² and the mean error of the
// log latency, over windows of 10 s.
func (v visits) scores(spacing float64) (square, bias float64) {
	var w window
	n := 0.0
	for i := 0; float64(i)*spacing <= simulatedSeconds; i++ {
		now := float64(i) * spacing
		shown := v.shown(now)
		w = w.add(stampAfter(now), &shown, time.Minute)
		if w.Seconds < 9.999 {
			continue
		}
		m, _ := w.measure()
		w = w.next()
		if off := math.Log(m.latency / v.latency); !math.IsInf(m.variance, 1) {
			square, bias, n = square+off*off/m.variance, bias+off, n+1
		}
	}
	return square / n, bias / n
}
