package tuner

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestEstimate(t *testing.T) {
	// The next measurement of variance 0.01 has a standard deviation of 0.2.
	before := estimate{LogLatency: 1, Variance: 0.03}
	tests := []struct {
		name     string
		measured []float64
		want     estimate
	}{
		{"a surprise is held back", []float64{1.9}, estimate{1, 0.03, true}},
		{"two surprises are believed", []float64{1.9, 2}, estimate{2, 0.01, false}},
		{"a surprise is forgotten", []float64{1.9, 1}, estimate{1, 0.0075, false}},
		{"a shock is believed at once", []float64{2.7}, estimate{2.7, 0.01, false}},
		{"averaging", []float64{1.4}, estimate{1.3, 0.0075, false}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := before
			for _, m := range test.measured {
				got = got.update(m, 0.01)
			}
			sameNumbers(t, []float64{got.LogLatency, got.Variance}, []float64{test.want.LogLatency, test.want.Variance})
			if got.Surprised != test.want.Surprised {
				t.Errorf("surprised: got %v", got.Surprised)
			}
		})
	}
}

func TestEstimateBegins(t *testing.T) {
	got := estimate{}.predict(1, 1).update(2, 0.04)
	if want := (estimate{LogLatency: 2, Variance: 0.04}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEstimateExpectsItsOwnEffect(t *testing.T) {
	e := estimate{LogLatency: 1, Variance: 0.01}
	sameNumbers(t, []float64{e.predict(1, 0).Variance, e.predict(1, -0.5).Variance, e.predict(10, 0).Variance},
		[]float64{0.0109, 0.2609, 0.019})
}

// TestEstimateIsHonest wants the variance that the filter claims to be the one
// that it has, under the drift that it presumes.
func TestEstimateIsHonest(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const noise = 0.08
	truth, squares, claimed, n := 0.0, 0.0, 0.0, 0
	var e estimate
	for i := range 20000 {
		truth += math.Sqrt(drift) * random.NormFloat64()
		e = e.predict(1, 0).update(truth+noise*random.NormFloat64(), noise*noise)
		if i > 100 {
			squares += (e.LogLatency - truth) * (e.LogLatency - truth)
			claimed += e.Variance
			n++
		}
	}
	if ratio := squares / claimed; ratio < 0.9 || ratio > 1.1 {
		t.Errorf("mean square error is %.2f of what is claimed, over %d updates", ratio, n)
	}
}
