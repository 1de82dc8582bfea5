package sharing

import (
	"cmp"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

func TestVariations(t *testing.T) {
	tests := []struct {
		name    string
		weights []uint32
		want    []float64
	}{
		{"nobody", nil, nil},
		{"all quiescent", []uint32{0, 0}, []float64{0, 0}},
		{"one", []uint32{7}, []float64{1}},
		{"one beside a quiescent one", []uint32{0, 7}, []float64{0, 1}},
		{"two equal ones", []uint32{1, 1}, []float64{0.5, 0.5}},
		{"four equal ones", []uint32{9, 9, 9, 9}, []float64{0.25, 0.25, 0.25, 0.25}},
		{"a hundred times another", []uint32{100, 1}, []float64{(1.01 + 1.03 - 1.01*1.01) / (1.01 * 1.01), 1.0 / 101}},
		{"the largest there is", []uint32{math.MaxUint32, math.MaxUint32}, []float64{0.5, 0.5}},
		// AAB: gaps of 1 and 2 there, of 3 here; the gaps' own chance is their length.
		{"two to one", []uint32{2, 1}, []float64{(1.5 + 2.5 - 2.25) / 2.25, 3.0 / 9}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := variationsOf(test.weights); len(got) != len(test.want) {
				t.Errorf("got %v", got)
			} else {
				nearly(t, got, test.want, 1e-9)
			}
		})
	}
}

// variationsOf returns those of the servers.
func variationsOf(weights []uint32) []float64 {
	return eachServers(new(Evenness).Variations(weights))
}

// eachServers returns those of the servers, given those of the levels and which
// of these the servers have.
func eachServers[T any](ofLevels []T, of []int32) []T {
	all := make([]T, len(of))
	for i, level := range of {
		all[i] = ofLevels[level]
	}
	return all
}

// someWeights returns those of two to seven servers, some quiescent, but not all.
func someWeights(random *rand.Rand) []uint32 {
	weights := []uint32{1 + uint32(random.IntN(12))}
	for range 1 + random.IntN(6) {
		weights = append(weights, uint32(random.IntN(9)*random.IntN(4)))
	}
	random.Shuffle(len(weights), func(i, j int) { weights[i], weights[j] = weights[j], weights[i] })
	return weights
}

// TestVariationsAsDealt counts one by one what wrr deals: a gap of n
// connections that come by chance has n times the mean and n times the square
// of the deviation of a single one. Where a lighter server stands behind a
// heavier one in the list, the gap before its own first round is shorter by one
// than it is taken to be.
func TestVariationsAsDealt(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for range 200 {
		weights := someWeights(random)
		for i, counted := range countedVariations(t, weights) {
			if got := variationsOf(weights)[i]; got < counted-1e-9 || got > 1.65*counted+1e-9 {
				t.Errorf("weights %v: got %.4f, counted %.4f", weights, got, counted)
			}
		}
		slices.SortFunc(weights, func(a, b uint32) int { return cmp.Compare(b, a) }) // the last one stands first
		nearly(t, variationsOf(weights), countedVariations(t, weights), 1e-9)
	}
}

// countedVariations has a director deal two cycles, of which the second is
// counted.
func countedVariations(t *testing.T, weights []uint32) []float64 {
	t.Helper()
	s, cycle := dealing(t, weights)
	last, count := make([]int, len(weights)), make([]float64, len(weights))
	gaps, squares := make([]float64, len(weights)), make([]float64, len(weights))
	for n := range 2 * cycle {
		c, _ := s.Connect(time.Duration(n), director.Flow{Client: clientOf(uint32(n))})
		i := len(weights) - 1 - c.Server
		if n >= cycle {
			gap := float64(n - last[i])
			count[i], gaps[i], squares[i] = count[i]+1, gaps[i]+gap, squares[i]+gap*gap
		}
		last[i] = n
	}
	variations := make([]float64, len(weights))
	for i, n := range count {
		if n > 0 {
			mean := gaps[i] / n
			variations[i] = (mean + squares[i]/n - mean*mean) / (mean * mean)
		}
	}
	return variations
}

// dealing returns a service that keeps no connections, and how many of them are
// dealt in a cycle.
func dealing(t testing.TB, weights []uint32) (s *director.Service, cycle int) {
	for _, w := range weights {
		cycle += int(w)
	}
	s, _ = drive{weights: weights, service: ipvs.VirtualService{
		ID:        ipvs.AddressService(ipvs.UDP, netip.MustParseAddrPort("10.8.0.1:53")),
		Scheduler: "wrr", Flags: ipvs.FlagOnePacket,
	}, traffic: Traffic{Factor: 257}}.open(t, nil)
	return s, cycle
}
