package sharing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

func TestNoRuns(t *testing.T) {
	tests := []struct {
		name       string
		weights    []uint32
		rate       float64
		capacities []float64
	}{
		{"no servers", nil, 1, nil},
		{"all quiescent", []uint32{0, 0}, 1, []float64{1, 1}},
		{"no traffic", []uint32{9, 1}, 0, []float64{1, 1}},
		{"one server", []uint32{9, 0}, 1, []float64{2, 2}},
		{"equal weights", []uint32{100, 100, 100}, 2, []float64{1, 1, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Runs(test.weights, test.rate, test.capacities); got != 0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestRuns holds queues with random arrivals and services behind the kernel's
// own wrr against what formulas say: without runs that of Kraemer and
// Langenbach-Belz, since a server of share s gets its requests with a squared
// coefficient of variation of s from cycle to cycle.
func TestRuns(t *testing.T) {
	tests := []struct {
		weights    []uint32
		capacities []float64
	}{
		{[]uint32{4, 2, 1, 1}, []float64{4, 2, 1, 1}},
		{[]uint32{40, 20, 10, 9}, []float64{4, 2, 1, 1}},
		{[]uint32{400, 200, 100, 99}, []float64{4, 2, 1, 1}},
		{[]uint32{997, 500, 503}, []float64{2, 1, 1}},
		{[]uint32{97, 50, 53}, []float64{2, 1, 1}},
		{[]uint32{1000, 1, 1}, []float64{1000, 1.1, 1.1}},
		{[]uint32{10, 8, 6, 4, 2, 1}, []float64{10, 8, 6, 4, 2, 1}},
		{[]uint32{29, 11, 3, 3}, []float64{29, 11, 3, 3}},
		{[]uint32{100, 90, 80, 70, 60, 50, 40, 31}, []float64{10, 9, 8, 7, 6, 5, 4, 3}},
		{[]uint32{300, 126, 100, 83, 66, 44, 43, 39, 23}, []float64{30, 13, 10, 9, 7, 5, 5, 4, 3}},
	}
	for _, test := range tests {
		for _, load := range []float64{0.5, 0.7, 0.9} {
			t.Run(fmt.Sprint(test.weights, load), func(t *testing.T) {
				rate := load * sumOf(test.capacities)
				got := simulated(t, test.weights, rate, test.capacities)
				even := evenly(test.weights, rate, test.capacities)
				want := even + Runs(test.weights, rate, test.capacities)
				if math.Abs(want/got-1) > 0.2 {
					t.Errorf("%.2f requests wait or are served, want %.2f, of which %.2f without runs", got, want, even)
				}
			})
		}
	}
}

// simulated returns the mean number of requests waiting or being served.
func simulated(t *testing.T, weights []uint32, rate float64, capacities []float64) float64 {
	const requests, left = 400_000, 40_000 // left out
	random := rand.New(rand.NewPCG(1, 1))
	s := dealing(t, weights)
	free, sum, now := make([]float64, len(weights)), 0.0, 0.0
	for n := range requests {
		now += random.ExpFloat64() / rate
		c, _ := s.Connect(time.Duration(n), director.Flow{Client: clientOf(uint32(n))})
		i := len(weights) - 1 - c.Server
		free[i] = max(now, free[i]) + random.ExpFloat64()/capacities[i]
		if n >= left {
			sum += free[i] - now
		}
	}
	return sum / (requests - left) * rate
}

// dealing returns a service that keeps no connections.
func dealing(t testing.TB, weights []uint32) *director.Service {
	s, _ := drive{weights: weights, service: ipvs.VirtualService{
		ID:        ipvs.AddressService(ipvs.UDP, netip.MustParseAddrPort("10.8.0.1:53")),
		Scheduler: "wrr", Flags: ipvs.FlagOnePacket,
	}, traffic: Traffic{Factor: 257}}.open(t, nil)
	return s
}

// evenly returns that number where no server gets runs.
func evenly(weights []uint32, rate float64, capacities []float64) float64 {
	sum := 0.0
	for i, s := range Shares("wrr", weights, nil) {
		load := s * rate / capacities[i]
		spread := math.Exp(-2 * (1 - load) * (1 - s) * (1 - s) / (3 * load * (1 + s)))
		sum += load + load*load*(1+s)/2/(1-load)*spread
	}
	return sum
}

func BenchmarkRuns(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	weights, capacities := make([]uint32, 100), make([]float64, 100)
	for i := range weights {
		weights[i] = 1 + random.Uint32N(40)
		capacities[i] = float64(weights[i])
	}
	b.ReportAllocs()
	for b.Loop() {
		Runs(weights, 0.8*sumOf(capacities), capacities)
	}
}
