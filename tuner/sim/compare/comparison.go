package compare

import (
	"fmt"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// Grid is what to run: every scenario under every policy with every seed.
type Grid struct {
	Scenarios []scenario.Scenario
	Policies  []tuner.Policy
	Seeds     []uint64
}

// Comparison is one scenario under every policy.
type Comparison struct {
	Scenario scenario.Scenario
	Rows     []Row
}

// Row is one scenario under one policy.
type Row struct {
	Policy tuner.Policy
	Runs   []sim.Result // by seed, at least one
}

// Run runs a grid.
func (g Grid) Run(progress Progress) ([]Comparison, error) {
	var jobs []job
	for _, s := range g.Scenarios {
		for _, p := range g.Policies {
			jobs = append(jobs, seeded(s.Config, p, g.Seeds)...)
		}
	}
	results, err := run(jobs, progress)
	if err != nil {
		return nil, err
	}
	var comparisons []Comparison
	for _, s := range g.Scenarios {
		c := Comparison{Scenario: s}
		for _, p := range g.Policies {
			c.Rows = append(c.Rows, Row{p, results[:len(g.Seeds)]})
			results = results[len(g.Seeds):]
		}
		comparisons = append(comparisons, c)
	}
	return comparisons, nil
}

// Costs returns the mean cost of each row over that of the oracle's with the
// same seed; nil where the oracle is not among them.
func (c Comparison) Costs() []Estimate {
	at := slices.IndexFunc(c.Rows, func(r Row) bool { return r.Policy == sim.Oracle })
	if at < 0 {
		return nil
	}
	var estimates []Estimate
	for _, r := range c.Rows {
		estimates = append(estimates, estimate(costs(r.Runs, c.Rows[at].Runs)))
	}
	return estimates
}

// seeded returns a run for each seed.
func seeded(c sim.Config, p tuner.Policy, seeds []uint64) []job {
	jobs := make([]job, 0, len(seeds))
	for _, seed := range seeds {
		c.Seed = seed
		jobs = append(jobs, job{c, p})
	}
	return jobs
}

// Seeds returns n seeds from the first on.
func Seeds(first uint64, n int) []uint64 {
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = first + uint64(i)
	}
	return seeds
}

// Title says what a scenario is about, in one line.
func Title(s scenario.Scenario) string {
	c := s.Config
	servers := "1 real server"
	if n := len(c.Servers); n > 1 {
		servers = fmt.Sprintf("%d real servers", n)
	}
	return fmt.Sprintf("%s: %s, %s, %s, %s", s.Name, c.Service.ID, c.Service.Scheduler, servers, c.Duration)
}
