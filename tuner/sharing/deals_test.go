package sharing

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

func TestDeals(t *testing.T) {
	tests := []struct {
		name    string
		weights []uint32
		want    []Deal
	}{
		{"nobody", nil, nil},
		{"all quiescent", []uint32{0, 0}, []Deal{{}, {}}},
		{"one", []uint32{7}, []Deal{{1, 0, 0}}},
		{"one beside a quiescent one", []uint32{0, 7}, []Deal{{}, {1, 0, 0}}},
		{"four equal ones", []uint32{9, 9, 9, 9}, []Deal{{0.25, 0, 0}, {0.25, 0, 0}, {0.25, 0, 0}, {0.25, 0, 0}}},
		// One round alone and one of both: the first is ahead by a third after its run.
		{"two to one", []uint32{2, 1}, []Deal{{2.0 / 3, 1.0/2 - 4.0/9, 1.0/27 - 1.0/36}, {1.0 / 3, 1.0/6 - 1.0/9, 1.0/27 - 1.0/36}}},
		{"three to one", []uint32{3, 1}, []Deal{{0.75, 0.0625, 0.25 / 12}, {0.25, 0.0625, 0.25 / 12}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := dealsOf(test.weights)
			for i, want := range test.want {
				nearly(t, []float64{got[i].Share, got[i].Bunch, got[i].Ahead}, []float64{want.Share, want.Bunch, want.Ahead}, 1e-9)
			}
		})
	}
}

// dealsOf returns those of the servers.
func dealsOf(weights []uint32) []Deal {
	return eachServers(new(Evenness).Deals(weights))
}

// TestDealsAsDealt counts one by one what wrr deals. A connection is ahead of
// the even course by up to one, which is no run, so their variance is up to that
// of one more.
func TestDealsAsDealt(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for range 200 {
		weights := someWeights(random)
		got := dealsOf(weights)
		for i, counted := range countedAhead(t, weights) {
			if off := math.Sqrt(got[i].Ahead) - math.Sqrt(counted); math.Abs(off) > 0.5 {
				t.Errorf("weights %v: ahead by a variance of %.4f, counted %.4f", weights, got[i].Ahead, counted)
			}
		}
	}
}

// countedAhead has a director deal two cycles, of which the second is counted,
// and returns the variances of how far servers are ahead.
func countedAhead(t *testing.T, weights []uint32) []float64 {
	t.Helper()
	s, cycle := dealing(t, weights)
	ahead, sums, squares := make([]float64, len(weights)), make([]float64, len(weights)), make([]float64, len(weights))
	for n := range 2 * cycle {
		c, _ := s.Connect(time.Duration(n), director.Flow{Client: clientOf(uint32(n))})
		for i, w := range weights {
			if ahead[i] -= float64(w) / float64(cycle); i == len(weights)-1-c.Server {
				ahead[i]++
			}
			if n >= cycle {
				sums[i], squares[i] = sums[i]+ahead[i], squares[i]+ahead[i]*ahead[i]
			}
		}
	}
	for i := range squares {
		mean := sums[i] / float64(cycle)
		squares[i] = squares[i]/float64(cycle) - mean*mean
	}
	return squares
}
