package figures

import (
	"math"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

// margin is how far above its bar the worst seed's cost may be.
const margin = 0.05

// Verdict is what a policy came to in a row.
type Verdict struct {
	Row    Row
	Policy tuner.Policy
	Median map[Figure]float64 // over the seeds
	Worst  map[Figure]float64
}

// Judge plays the rows under the policies with the seeds; the verdicts come by
// row and policy.
func Judge(rows []Row, policies []tuner.Policy, seeds []uint64) ([]Verdict, error) {
	byRow := make([][]Verdict, len(rows))
	for _, over := range []tuner.Policy{sim.Oracle, tuner.Static} {
		grid := compare.Grid{Policies: policies, Seeds: seeds}
		if !slices.Contains(policies, over) {
			grid.Policies = append(slices.Clip(policies), over)
		}
		var at []int
		for i, r := range rows {
			if r.Over == over {
				at = append(at, i)
				grid.Scenarios = append(grid.Scenarios, r.Scenario)
			}
		}
		comparisons, err := grid.Run(func(int, int) {})
		if err != nil {
			return nil, err
		}
		base := slices.Index(grid.Policies, over)
		for i, c := range comparisons {
			for _, r := range c.Rows[:len(policies)] {
				byRow[at[i]] = append(byRow[at[i]], judge(rows[at[i]], r, c.Rows[base].Runs))
			}
		}
	}
	return slices.Concat(byRow...), nil
}

// judge compares runs with those of the policy that they are measured by.
func judge(row Row, runs compare.Row, base []sim.Result) Verdict {
	values := make(map[Figure][]float64)
	for i, r := range runs.Runs {
		values[Cost] = append(values[Cost], r.MeanCostSeconds/base[i].MeanCostSeconds)
		values[Settled] = append(values[Settled], settled(r))
		values[Failed] = append(values[Failed], compare.ErrorRatio(r))
		values[Moved] = append(values[Moved], moved(r, row.Scenario.Config))
		values[Admitted] = append(values[Admitted], r.Admitted.MeanCostSeconds/base[i].Admitted.MeanCostSeconds)
		values[Refused] = append(values[Refused], ratio(r.Admitted.RefusedRatio, r.Admitted.UnavoidableRatio))
	}
	v := Verdict{Row: row, Policy: runs.Policy, Median: make(map[Figure]float64), Worst: make(map[Figure]float64)}
	for figure, of := range values {
		v.Median[figure], v.Worst[figure] = median(of), slices.Max(of)
	}
	return v
}

// isRatio reports whether the figure is one of a policy's over another.
func (f Figure) isRatio() bool { return f == Cost || f == Admitted || f == Refused }

// Held reports whether every bar is held.
func (v *Verdict) Held() bool {
	for _, b := range v.Row.Bars {
		if !(v.Median[b.Figure] <= b.Most) || b.Figure.isRatio() && !(v.Worst[b.Figure] <= b.Most+margin) {
			return false
		}
	}
	return true
}

// settled returns the periods that the longest way back to the right shares
// took, from the start where nothing happens; infinity is never.
func settled(r sim.Result) float64 {
	longest := r.Settled
	if len(r.Recoveries) > 0 {
		longest = 0
	}
	for _, e := range r.Recoveries {
		longest = max(longest, e.Settled)
		if e.Settled < 0 {
			longest = -1
			break
		}
	}
	if longest < 0 {
		return math.Inf(1)
	}
	return float64(longest)
}

// moved returns the part of the whole that the weights of one period differ by
// from those before, the mean over the periods after measure_from.
func moved(r sim.Result, c sim.Config) float64 {
	sum, n := 0.0, 0.0
	var before []float64
	for _, p := range r.Periods {
		shares := sharesOf(p)
		if p.AtSeconds >= c.MeasureFrom.Seconds() && before != nil {
			for i, s := range shares {
				sum += float64(math.Abs(s-before[i]) / 2)
			}
			n += p.Seconds / c.Tuner.Interval.Seconds()
		}
		before = shares
	}
	return sum / max(1, n)
}

func sharesOf(p sim.Period) []float64 {
	weights := make([]uint32, len(p.Servers))
	for i, s := range p.Servers {
		weights[i] = s.Weight
	}
	return tuner.SharesOf(weights)
}

// ratio returns a over b; 0 where both are 0.
func ratio(a, b float64) float64 {
	if a == 0 {
		return 0
	}
	return a / b
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Seeds returns the fixed seeds and as many fresh ones, by the clock.
func Seeds(now time.Time) []uint64 {
	return append(FixedSeeds(), compare.Seeds(uint64(now.Unix()), fixedSeeds)...)
}

const fixedSeeds = 5

// FixedSeeds returns the seeds of every judgement.
func FixedSeeds() []uint64 { return compare.Seeds(1, fixedSeeds) }
