package tuner

import (
	"math"
	"testing"
)

var (
	allFree = []bool{true, true, true}
	twoFree = []bool{true, true, false}
)

func TestToldApart(t *testing.T) {
	tests := []struct {
		name            string
		logs, variances []float64
		free            []bool
		want            []float64
	}{
		{"noise", []float64{1, 1.2, 1.1}, []float64{0.01, 0.01, 0.01}, allFree, []float64{1.1, 1.1, 1.1}},
		{"not free", []float64{1, 1.2, 5}, []float64{0.01, 0.01, 0}, twoFree, []float64{1.1, 1.1, 5}},
		{"an uncertain one goes with the others", []float64{1, 3, 1}, []float64{0, 1, 0}, allFree, []float64{1, 1, 1}},
		{"an uncertain one does not tie others", []float64{2, 0, 1}, []float64{0, 1, 0}, allFree, []float64{2, 1, 1}},
		{"certain", []float64{1, 1, 1.1}, []float64{0, 0, 0}, allFree, []float64{1, 1, 1.1}},
		{"one is slower", []float64{1.2, 4, 1}, []float64{0.01, 0.01, 0.01}, allFree, []float64{1.1, 4, 1.1}},
		{"three groups", []float64{2, 3, 1}, []float64{0.01, 0.01, 0.01}, allFree, []float64{2, 3, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sameNumbers(t, toldApart(test.logs, test.variances, test.free), test.want)
		})
	}
}

func TestDeviations(t *testing.T) {
	two, four := math.Log(2), math.Log(4)
	tests := []struct {
		name         string
		shares, logs []float64
		free         []bool
		want         []float64
	}{
		{"not free", []float64{0.4, 0.4, 0.2}, []float64{two, two, 9}, twoFree, []float64{0, 0, 0}},
		{"equal", []float64{0.1, 0.2, 0.7}, []float64{two, two, two}, allFree, []float64{0, 0, 0}},
		{"weighted by share", []float64{0.5, 0.25, 0.25}, []float64{0, two, four}, allFree, []float64{-two, 0, two}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sameNumbers(t, deviations(test.shares, test.logs, test.free), test.want)
		})
	}
}

func TestFit(t *testing.T) {
	half := []float64{0.5, 0.5}
	tests := []struct {
		name           string
		shares, wanted []float64
		ratio          float64
		want           []float64
	}{
		{"far too much", half, []float64{0.99, 0.01}, 0.3, []float64{0.65, 0.35}},
		{"the small one sets the pace", []float64{0.9, 0.1}, []float64{0.1, 0.9}, 0.3, []float64{0.87, 0.13}},
		{"more than there is", half, []float64{1.2, 0.8}, 0.3, []float64{0.6, 0.4}},
		{"within the limit", half, []float64{0.6, 0.4}, 0.3, []float64{0.6, 0.4}},
		{"no limit to speak of", half, []float64{0.9, 0.1}, 1, []float64{0.9, 0.1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sameNumbers(t, fit(test.wanted, spansOf(test.shares, test.ratio)), test.want)
		})
	}
}

func TestClamp(t *testing.T) {
	tests := []struct {
		name  string
		spans []span
		want  []span
	}{
		{"no room beside a share that is kept", []span{{0.98, 0.98}, {0.001, 0.03}, {0, 0.03}}, []span{{0.98, 0.98}, {0.001, 0.03}, {0, 0.03}}},
		{"no further than the step goes", []span{{0.5, 1}, {0.005, 0.01}}, []span{{0.5, 1}, {0.01, 0.01}}},
		{"to a twentieth of an equal share", []span{{0.5, 1}, {0.005, 0.1}}, []span{{0.5, 1}, {0.025, 0.1}}},
		{"above it already", []span{{0.3, 0.7}, {0.3, 0.7}}, []span{{0.3, 0.7}, {0.3, 0.7}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i, got := range aboveFloor(test.spans) {
				if got != test.want[i] {
					t.Errorf("span %d: got %v, want %v", i, got, test.want[i])
				}
			}
		})
	}
}

func TestSharesOf(t *testing.T) {
	tests := []struct {
		name    string
		weights []uint32
		want    []float64
	}{
		{"none", nil, nil},
		{"all quiescent", []uint32{0, 0}, []float64{0, 0}},
		{"one quiescent", []uint32{0, 3, 1}, []float64{0, 0.75, 0.25}},
		{"large", []uint32{math.MaxUint32, math.MaxUint32}, []float64{0.5, 0.5}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sameNumbers(t, SharesOf(test.weights), test.want)
		})
	}
}

// sameNumbers compares to nine digits after the point.
func sameNumbers(t *testing.T, got, want []float64) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = math.Abs(got[i]-want[i]) < 1e-8
	}
	if !same {
		t.Errorf("got %v, want %v", got, want)
	}
}
