package compare

import (
	"cmp"
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// Axis is a setting of the tuner and the values that it is to have.
type Axis struct {
	Setting string
	Values  []string
}

// Point is one way to set the tuner: a value of each axis.
type Point []string

// points returns every combination of the axes' values, the last axis changing
// fastest.
func points(axes []Axis) []Point {
	all := []Point{nil}
	for _, a := range axes {
		var longer []Point
		for _, p := range all {
			for _, v := range a.Values {
				longer = append(longer, append(slices.Clip(p), v))
			}
		}
		all = longer
	}
	return all
}

// Sweep is a grid in which the tuner is set in many ways.
type Sweep struct {
	Grid
	Axes []Axis
}

// Trial is one policy with the tuner set in one way.
type Trial struct {
	Policy tuner.Policy
	Point  Point
	Cases  []Case // by scenario
	// Cost is the mean cost over that of the oracle, the geometric mean over
	// the scenarios.
	Cost Estimate
}

// Case is one scenario of a trial.
type Case struct {
	Scenario scenario.Scenario
	Row
	Costs []float64 // mean cost over the oracle's, by seed
}

// Run runs the sweep, and the oracle to measure by; the trials come by cost.
func (s Sweep) Run(progress Progress) ([]Trial, error) {
	jobs, err := s.jobs()
	if err != nil {
		return nil, err
	}
	results, err := run(jobs, progress)
	if err != nil {
		return nil, err
	}
	take := func() []sim.Result {
		part := results[:len(s.Seeds)]
		results = results[len(s.Seeds):]
		return part
	}
	var oracles [][]sim.Result
	for range s.Scenarios {
		oracles = append(oracles, take())
	}
	var trials []Trial
	for _, point := range points(s.Axes) {
		for _, policy := range s.Policies {
			t := Trial{Policy: policy, Point: point}
			for i, of := range s.Scenarios {
				runs := take()
				t.Cases = append(t.Cases, Case{of, Row{policy, runs}, costs(runs, oracles[i])})
			}
			t.Cost = overScenarios(t.Cases)
			trials = append(trials, t)
		}
	}
	slices.SortStableFunc(trials, func(a, b Trial) int { return cmp.Compare(a.Cost.Mean, b.Cost.Mean) })
	return trials, nil
}

// jobs returns the oracle's runs by scenario, then those of each point by
// policy and scenario.
func (s Sweep) jobs() ([]job, error) {
	var jobs []job
	for _, of := range s.Scenarios {
		jobs = append(jobs, seeded(of.Config, sim.Oracle, s.Seeds)...)
	}
	for _, point := range points(s.Axes) {
		for _, policy := range s.Policies {
			for _, of := range s.Scenarios {
				config, err := s.set(of.Config, point)
				if err != nil {
					return nil, err
				}
				jobs = append(jobs, seeded(config, policy, s.Seeds)...)
			}
		}
	}
	return jobs, nil
}

func (s Sweep) set(c sim.Config, point Point) (sim.Config, error) {
	for i, a := range s.Axes {
		var err error
		if c.Tuner, err = scenario.Set(c.Tuner, a.Setting, point[i]); err != nil {
			return c, err
		}
	}
	return c, nil
}

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
