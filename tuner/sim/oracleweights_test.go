package sim

import (
	"slices"
	"testing"
)

func TestOracleWeights(t *testing.T) {
	one, four, down, bad := single(10), single(40), single(0), model{workers: 1, rate: 10, errors: 1}
	tests := []struct {
		name      string
		scheduler string
		models    []model
		shares    []float64
		demand    demand
		want      []uint32
	}{
		{"ignores weights", "rr", []model{one, four}, []float64{0.2, 0.8}, demand{}, nil},
		{"nothing to share", "wlc", []model{one, four}, []float64{0, 0}, demand{connections: 1, requests: 1}, []uint32{1, 1}},
		{"one of two works", "wlc", []model{down, four}, []float64{0, 1}, demand{connections: 1, requests: 1, closed: 120}, []uint32{1, 1000}},
		{"the other may be ejected", "wlc", []model{down, four}, []float64{0, 1}, demand{connections: 1, requests: 1, closed: 120, eject: true}, []uint32{0, 1000}},
		{"one that fails too", "sed", []model{bad, four}, []float64{0, 1}, demand{connections: 1, requests: 1, eject: true}, []uint32{0, 1000}},
		{"but not one that works", "sed", []model{one, four}, []float64{0, 1}, demand{connections: 1, requests: 1, eject: true}, []uint32{1, 1000}},
		{"wlc where closed ones count alone", "wlc", []model{one, four}, []float64{0.2, 0.8}, demand{connections: 20, requests: 1, closed: 120}, []uint32{250, 1000}},
		{"wlc where active ones count alone", "wlc", []model{one, four}, []float64{0.25, 0.75}, demand{connections: 1e-9, requests: 1, factor: 257}, []uint32{1000, 750}},
		{"sed of idle servers", "sed", []model{one, four}, []float64{0.2, 0.8}, demand{connections: 1e-9, requests: 1}, []uint32{1000, 1000}},
		{"mh keeps one of weight 0", "mh", []model{single(0), four}, []float64{0, 1}, demand{}, []uint32{1, 63}},
		{"sh fills its buckets", "sh", []model{one, four}, []float64{0.25, 0.75}, demand{}, []uint32{64, 192}},
		{"sh with more than fit", "sh", []model{one, one, four}, []float64{0.001, 0.001, 0.998}, demand{}, []uint32{1, 1, 254}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := weightsFor(test.scheduler, test.models, test.shares, test.demand); !slices.Equal(got, test.want) {
				t.Errorf("weights are %v, want %v", got, test.want)
			}
		})
	}
}
