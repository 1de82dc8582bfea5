package compare

import (
	"cmp"
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
	trials := s.trials(results)
	slices.SortStableFunc(trials, func(a, b Trial) int { return cmp.Compare(a.Cost.Mean, b.Cost.Mean) })
	return trials, nil
}

// trials deals the results of the jobs out.
func (s Sweep) trials(results []sim.Result) []Trial {
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
	return trials
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
