package tuner

import (
	"slices"
	"testing"
)

func TestGentle(t *testing.T) {
	tests := []struct {
		name      string
		now, next []uint32
		most      float64
		want      []uint32 // nil is those of next
	}{
		{"one of four", []uint32{1, 1, 1, 1}, []uint32{1, 10, 10, 10}, 0.25, nil},
		{"two of four", []uint32{1, 1, 1, 1}, []uint32{1, 1, 10, 10}, 0.25, []uint32{10, 10, 15, 15}},
		{"as many as may", []uint32{1, 1, 1, 1}, []uint32{1, 1, 10, 10}, 0.5, nil},
		{"all may", []uint32{5, 5}, []uint32{1, 1000}, 1, nil},
		{"none plainly", []uint32{10, 10, 10, 10}, []uint32{10, 10, 10, 15}, 0.25, nil},
		{"fewer than one may", []uint32{10, 10}, []uint32{1, 10}, 0.25, []uint32{10, 15}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fleetOf("wrr", 100, make([]server, len(test.now))...)
			for i, w := range test.now {
				f.servers[i].Weight = w
			}
			f.limits = DefaultService().Weights
			want := test.want
			if want == nil {
				want = test.next
			}
			if got, less := f.gentle(test.next, test.most); !slices.Equal(got, want) || less != (test.want != nil) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestLeastSumOfWeights(t *testing.T) {
	g := newGuarded(100, 100, 400)
	copy(g.weights, []uint32{100, 100, 100})
	g.service().Guards.MinWeightSum = 250
	for _, w := range g.settle(t) {
		if w < 84 {
			t.Errorf("weights %v", g.weights)
		}
	}
}
