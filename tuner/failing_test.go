package tuner

import (
	"math"
	"testing"
)

func TestFails(t *testing.T) {
	tests := []struct {
		name            string
		failed, answers float64
		want            bool
	}{
		{"none of none", 0, 0, false},
		{"one of one", 1, 1, false},
		{"two of two", 2, 2, true},
		{"two of three", 2, 3, false},
		{"two of ten", 2, 10, false},
		{"three of ten", 3, 10, true},
		{"as many as usual", 20, 1000, false},
		{"plainly more than usual, but few", 80, 1000, false},
		{"a tenth and more", 110, 1000, true},
		{"all of many", 1e9, 1e9, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fails(test.failed/max(1, test.answers), test.answers); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestByChance(t *testing.T) {
	// scipy.stats.binom.sf(failed-1, requests, 0.02)
	for _, test := range []struct{ failed, requests, want float64 }{
		{0, 10, 1}, {1, 1, 0.02}, {2, 2, 4e-4}, {3, 10, 8.64e-4}, {5, 49, 2.9366e-3},
	} {
		if got := byChance(test.failed, test.requests); math.Abs(got-test.want) > 1e-3*test.want {
			t.Errorf("%v of %v: got %v, want %v", test.failed, test.requests, got, test.want)
		}
	}
}
