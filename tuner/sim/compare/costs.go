package compare

import (
	"cmp"
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// costs returns the mean costs of runs over those of the oracle, seed by seed;
// 1 where nobody came.
func costs(runs, oracle []sim.Result) []float64 {
	of := make([]float64, len(runs))
	for i := range runs {
		of[i] = 1
		if ours, best := runs[i].MeanCostSeconds, oracle[i].MeanCostSeconds; ours > 0 && best > 0 {
			of[i] = ours / best
		}
	}
	return of
}

// overScenarios returns the geometric means over the cases, over the seeds.
func overScenarios(cases []Case) Estimate {
	means := make([]float64, len(cases[0].Costs))
	for seed := range means {
		logs := 0.0
		for _, c := range cases {
			logs += math.Log(c.Costs[seed])
		}
		means[seed] = math.Exp(logs / float64(len(cases)))
	}
	return estimate(means)
}

// Worst returns the case with the highest cost.
func (t *Trial) Worst() Case {
	return slices.MaxFunc(t.Cases, func(a, b Case) int {
		return cmp.Compare(estimate(a.Costs).Mean, estimate(b.Costs).Mean)
	})
}
