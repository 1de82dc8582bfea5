package compare

import (
	"cmp"
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// Figures are what a policy came to in a scenario, over its seeds. Times are in
// seconds.
type Figures struct {
	Mean, P50, P95, P99, P999 Estimate // of the requests answered
	Cost                      Estimate // mean, a failed request counting as the client's timeout
	Errors                    Estimate // part of the requests
	PeakOpen                  Estimate // connections
	ShareError                Estimate // part of the connections
	Writes                    Estimate
	Moved                     Estimate // sum of the shares moved

	// Recoveries are the periods that the service took to be well again after
	// each mark, the median over the seeds; -1 is never.
	Recoveries []int
}

// Figures puts the runs together.
func (r Row) Figures() Figures {
	of := func(get func(sim.Result) float64) Estimate {
		values := make([]float64, len(r.Runs))
		for i, run := range r.Runs {
			values[i] = get(run)
		}
		return estimate(values)
	}
	return Figures{
		Mean:       of(func(r sim.Result) float64 { return r.Latency.MeanSeconds }),
		P50:        of(func(r sim.Result) float64 { return r.Latency.P50Seconds }),
		P95:        of(func(r sim.Result) float64 { return r.Latency.P95Seconds }),
		P99:        of(func(r sim.Result) float64 { return r.Latency.P99Seconds }),
		P999:       of(func(r sim.Result) float64 { return r.Latency.P999Seconds }),
		Cost:       of(func(r sim.Result) float64 { return r.MeanCostSeconds }),
		Errors:     of(ErrorRatio),
		PeakOpen:   of(func(r sim.Result) float64 { return float64(r.PeakOpen) }),
		ShareError: of(func(r sim.Result) float64 { return r.ShareError }),
		Writes:     of(func(r sim.Result) float64 { return float64(r.Writes) }),
		Moved:      of(func(r sim.Result) float64 { return r.ShareMoved }),
		Recoveries: r.recoveries(),
	}
}

// ErrorRatio returns the part of the finished requests that failed.
func ErrorRatio(r sim.Result) float64 {
	failed := float64(r.Failed.Sum())
	return failed / math.Max(1, failed+float64(r.Answered))
}

func (r Row) recoveries() []int {
	var medians []int
	for i := range r.Runs[0].Recoveries {
		var periods []int
		for _, run := range r.Runs {
			periods = append(periods, run.Recoveries[i].Periods)
		}
		slices.SortFunc(periods, func(a, b int) int { return cmp.Compare(uint(a), uint(b)) }) // never comes last
		medians = append(medians, periods[(len(periods)-1)/2])
	}
	return medians
}
