package capacity

import (
	"math"
	"testing"
)

func TestWorkers(t *testing.T) {
	tests := []struct {
		name    string
		chances [Shapes]float32
		want    float64
	}{
		{"nothing known", [Shapes]float32{}, 0},
		{"four for sure", [Shapes]float32{2: 1}, 4},
		{"one or 32", [Shapes]float32{0: 0.5, 5: 0.5}, math.Sqrt(32)},
	}
	for _, test := range tests {
		b := Belief{Chances: test.chances}
		if got := b.Workers(); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
