package sim

import (
	"math"
	"testing"
)

// TestStreamMoments compares the first two moments of the numbers drawn with
// the true ones, within five standard errors.
func TestStreamMoments(t *testing.T) {
	tests := []struct {
		name           string
		draw           func(*stream) float64
		mean, variance float64
		fourth         float64 // central moment
	}{
		{"uniform", (*stream).uniform, 0.5, 1.0 / 12, 1.0 / 80},
		{"exponential", (*stream).exponential, 1, 1, 9},
		{"normal", (*stream).normal, 0, 1, 3},
		{"below", func(s *stream) float64 { return float64(s.below(3)) }, 1, 2.0 / 3, 2.0 / 3},
	}
	const n = 200000
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStream(7, test.name)
			sum, squares := 0.0, 0.0
			for range n {
				d := test.draw(&s) - test.mean
				sum, squares = sum+d, squares+d*d
			}
			if e := 5 * math.Sqrt(test.variance/n); math.Abs(sum/n) > e {
				t.Errorf("mean is off by %v, more than %v", sum/n, e)
			}
			if e := 5 * math.Sqrt((test.fourth-test.variance*test.variance)/n); math.Abs(squares/n-test.variance) > e {
				t.Errorf("variance is %v, not %v within %v", squares/n, test.variance, e)
			}
		})
	}
}

func TestStreamsDiffer(t *testing.T) {
	one, same, other, seeded := newStream(1, "a"), newStream(1, "a"), newStream(1, "b"), newStream(2, "a")
	first := one.pcg.Uint64()
	if same.pcg.Uint64() != first || other.pcg.Uint64() == first || seeded.pcg.Uint64() == first {
		t.Error("a stream is not of its seed and name")
	}
}
