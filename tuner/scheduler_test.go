package tuner

import (
	"math"
	"strings"
	"testing"
)

func TestRefusal(t *testing.T) {
	tests := []struct{ scheduler, want string }{
		{"rr", "ignores weights"},
		{"lc", "ignores weights"},
		{"dh", "ignores weights"},
		{"fo", "priorities"},
		{"ovf", "limits"},
		{"wlc", "not yet supported"},
		{"sed", "not yet supported"},
		{"nq", "not yet supported"},
		{"lblc", "not yet supported"},
		{"lblcr", "not yet supported"},
		{"sh", "not yet supported"},
		{"mh", "not yet supported"},
		{"twos", "not yet supported"},
		{"none", "not a scheduler known here"},
		{"", "not a scheduler known here"},
	}
	for _, test := range tests {
		t.Run(test.scheduler, func(t *testing.T) {
			if got := refusal(test.scheduler); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
	if got := refusal("wrr"); got != "" {
		t.Errorf("wrr: got %q", got)
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
