package compare

import (
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// quiet is a progress that nobody watches.
func quiet(int, int) {}

// story returns a scenario of a minute and two servers, one of them slower.
func story(t *testing.T, name, more string) scenario.Scenario {
	t.Helper()
	s, err := scenario.Read(strings.NewReader(`
duration: 1m
service: {id: 'tcp/10.0.0.1:80', scheduler: wrr}
servers:
  fast: {address: '10.0.0.2:80', service_time: {distribution: exponential, mean: 10ms}}
  slow: {address: '10.0.0.3:80', service_time: {distribution: exponential, mean: 30ms}}
traffic: {per_second: 40}
`+more), name+".yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRunTellsTheFirstError(t *testing.T) {
	good := story(t, "good", "").Config
	var jobs []job
	for range 20 {
		jobs = append(jobs, job{good, sim.Equal})
	}
	jobs[7].policy, jobs[8].policy = "first", "second"
	results, err := run(jobs, quiet)
	if err == nil || !strings.Contains(err.Error(), `"first"`) || results != nil {
		t.Errorf("%d results and error %v", len(results), err)
	}
}

func TestRunInOrder(t *testing.T) {
	long := story(t, "long", "").Config
	long.Duration = 5 * time.Minute
	short := story(t, "short", "").Config
	short.Duration = 30 * time.Second
	var jobs []job
	for i := range 12 {
		if i%4 == 0 {
			jobs = append(jobs, seeded(long, sim.Equal, []uint64{uint64(i)})...)
		} else {
			jobs = append(jobs, seeded(short, sim.Oracle, []uint64{uint64(i)})...)
		}
	}
	var told []int
	results, err := run(jobs, func(done, all int) {
		if all != len(jobs) {
			t.Errorf("%d runs in all", all)
		}
		told = append(told, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Seed != uint64(i) || r.Policy != jobs[i].policy {
			t.Errorf("result %d is of %s with seed %d", i, r.Policy, r.Seed)
		}
	}
	for i, done := range told {
		if done != i {
			t.Errorf("progress %v", told)
		}
	}
	if len(told) != len(jobs)+1 {
		t.Errorf("progress was told %d times", len(told))
	}
}

func TestGrid(t *testing.T) {
	g := Grid{
		Scenarios: []scenario.Scenario{story(t, "a", ""), story(t, "b", "")},
		Policies:  []tuner.Policy{sim.Oracle, sim.Equal},
		Seeds:     Seeds(7, 3),
	}
	comparisons, err := g.Run(quiet)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range comparisons {
		if c.Scenario.Name != g.Scenarios[i].Name {
			t.Errorf("scenario %d is %s", i, c.Scenario.Name)
		}
		for j, row := range c.Rows {
			if row.Policy != g.Policies[j] || len(row.Runs) != 3 {
				t.Errorf("row %d is %s with %d runs", j, row.Policy, len(row.Runs))
			}
			for k, r := range row.Runs {
				if r.Policy != row.Policy || r.Seed != g.Seeds[k] {
					t.Errorf("run %d of %s is of %s with seed %d", k, row.Policy, r.Policy, r.Seed)
				}
			}
		}
	}
}
