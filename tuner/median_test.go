package tuner

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		values := make([]float64, 1+random.IntN(20))
		for i := range values {
			values[i] = float64(random.IntN(12))
		}
		sorted := slices.Sorted(slices.Values(values))
		n := len(sorted)
		want := (sorted[(n-1)/2] + sorted[n/2]) / 2
		if got := medianOf(values); got != want {
			t.Fatalf("of %v: got %v, want %v", sorted, got, want)
		}
	}
}
