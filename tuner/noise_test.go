package tuner

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestNoiseAfter(t *testing.T) {
	more, less := math.Pow(4, noisePace), math.Pow(0.25, noisePace)
	tests := []struct {
		name      string
		before    float64
		surprises []float64
		want      float64
	}{
		{"nothing", 3, nil, 3},
		{"one reading", 3, []float64{100}, 3},
		{"as expected", 3, []float64{normalMedian, normalMedian}, 3},
		{"one of three is off", 3, []float64{0.01, 1000, normalMedian}, 3},
		{"half of two is a mean", 3, []float64{0, 2 * normalMedian}, 3},
		{"off as far as can be", 3, []float64{1e9, 1e9, 1e9}, 3 * more},
		{"just as expected every time", 3, []float64{0, 0, 0}, 3 * less},
		{"at most", mostNoise, []float64{9, 9}, mostNoise},
		{"at least", 1, []float64{0, 0}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sameNumbers(t, []float64{noiseAfter(test.before, test.surprises)}, []float64{test.want})
		})
	}
}

// TestNoiseIsFound has readings scatter so many times more than their counts
// explain.
func TestNoiseIsFound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, truth := range []float64{1, 5, 30} {
		state, total := serviceState{}, 0.0
		for n := range 600 {
			var surprises []float64
			for range 8 {
				surprises = append(surprises, truth/state.noise()*math.Pow(random.NormFloat64(), 2))
			}
			state.Noise = noiseAfter(state.noise(), surprises)
			if n >= 100 {
				total += state.Noise / 500
			}
		}
		if total < 0.85*truth || total > 1.35*truth {
			t.Errorf("found %v, want %v", total, truth)
		}
	}
}
