package tuner

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func anySpans(n int) []span {
	return slices.Repeat([]span{{0, 1}}, n)
}

func TestSmallWeights(t *testing.T) {
	tests := []struct {
		name      string
		shares    []float64
		spans     []span
		low, high uint32
		want      []uint32
	}{
		{"spans that exclude every weight", []float64{0.5, 0.5}, []span{{0.9, 1}, {0.9, 1}}, 1, 1000, nil},
		{"range too coarse for the spans", []float64{0.4, 0.6}, []span{{0.39, 0.41}, {0.59, 0.61}}, 1, 2, nil},
		{"equal", []float64{0.25, 0.25, 0.25, 0.25}, anySpans(4), 1, 1000, []uint32{1, 1, 1, 1}},
		{"equal, least weight above one", []float64{0.5, 0.5}, anySpans(2), 50, 1000, []uint32{50, 50}},
		{"two to one", []float64{0.5, 0.25, 0.25}, anySpans(3), 1, 1000, []uint32{2, 1, 1}},
		{"nearly two to one", []float64{0.4985, 0.25, 0.2515}, anySpans(3), 1, 1000, []uint32{2, 1, 1}},
		{"a span keeps out the smallest", []float64{0.5, 0.25, 0.25}, []span{{0.4, 0.49}, {0, 1}, {0, 1}}, 1, 1000, []uint32{9, 5, 5}},
		{"at the floor", []float64{59.0 / 120, 59.0 / 120, 2.0 / 120}, anySpans(3), 1, 1000, []uint32{26, 26, 1}},
		{"range narrower than the shares", []float64{0.8, 0.2}, anySpans(2), 50, 150, []uint32{150, 50}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := smallWeights(test.shares, test.spans, test.low, test.high); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSmallWeightsKeepTheirPromises(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		weights := make([]uint32, 2+random.IntN(30))
		for i := range weights {
			weights[i] = 1 + uint32(random.IntN(100))
		}
		shares := SharesOf(weights)
		got := smallWeights(shares, anySpans(len(shares)), 1, 1000)
		if slices.Max(got) > slices.Max(weights) {
			t.Errorf("%v became the larger %v", weights, got)
		}
		for i, s := range SharesOf(got) {
			if math.Abs(s-shares[i]) > tolerance(shares[i], len(shares))+1e-9 {
				t.Errorf("%v became %v: share %d is %v, not %v", weights, got, i, s, shares[i])
			}
		}
	}
}
