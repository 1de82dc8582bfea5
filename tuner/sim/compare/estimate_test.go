package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

func TestEstimate(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   Estimate
	}{
		{"one", []float64{7}, Estimate{7, 0}},
		{"two", []float64{1, 3}, Estimate{2, 12.706}},
		{"equal", []float64{5, 5, 5}, Estimate{5, 0}},
		{"five", []float64{1, 2, 3, 4, 5}, Estimate{3, 2.776 * math.Sqrt(2.5/5)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := estimate(test.values)
			if math.Abs(got.Mean-test.want.Mean) > 1e-12 || math.Abs(got.Margin-test.want.Margin) > 1e-12 {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// The interval holds the true mean in 95 of 100 samples, within five standard
// errors of that.
func TestIntervalsHoldTheMean(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 5, 31, 60} {
		const samples = 20000
		held := 0.0
		for range samples {
			values := make([]float64, n)
			for i := range values {
				values[i] = random.NormFloat64()
			}
			if e := estimate(values); math.Abs(e.Mean) <= e.Margin {
				held++
			}
		}
		if off := held/samples - 0.95; math.Abs(off) > 5*math.Sqrt(0.95*0.05/samples) {
			t.Errorf("with %d values %.4f hold it", n, held/samples)
		}
	}
}

// Published quantiles of the t distribution.
func TestStudent(t *testing.T) {
	for degrees, want := range map[int]float64{1: 12.706, 30: 2.042, 31: 2.0395, 40: 2.021, 60: 2.000, 120: 1.980} {
		if got := student(degrees); math.Abs(got-want) > 5e-4 {
			t.Errorf("%d degrees give %v, want %v", degrees, got, want)
		}
	}
}

func TestFigures(t *testing.T) {
	run := func(mean float64, failed uint64, recoveries ...int) sim.Result {
		r := sim.Result{Answered: 90, Latency: sim.Latency{MeanSeconds: mean}, Failed: sim.Errors{Timeout: failed}}
		for _, n := range recoveries {
			r.Recoveries = append(r.Recoveries, sim.Recovery{Periods: n})
		}
		return r
	}
	f := Row{Runs: []sim.Result{run(1, 10, 3, -1), run(3, 10, -1, -1), run(2, 10, 4, 2)}}.Figures()
	if f.Mean.Mean != 2 || f.Mean.Margin == 0 || math.Abs(f.Errors.Mean-0.1) > 1e-12 || f.Errors.Margin > 1e-12 {
		t.Errorf("mean %v, errors %v", f.Mean, f.Errors)
	}
	if !slices.Equal(f.Recoveries, []int{4, -1}) {
		t.Errorf("recoveries %v", f.Recoveries)
	}
	if got := ErrorRatio(sim.Result{}); got != 0 {
		t.Errorf("of no requests %v fail", got)
	}
}
