package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/report"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// simulateFlags are the flags of the command simulate.
type simulateFlags struct {
	files, sweeps  []string
	policies       string
	seed           uint64
	seeds          int
	format, report string
}

func addSimulate(app *kingpin.Application, proc *string, stdout, stderr io.Writer) (string, command) {
	c := app.Command("simulate", "Show what policies do to a simulated director.").
		HelpLong("weight-tuner simulate examples/scenarios/stolen-cpu.yaml --report=report.html\nweight-tuner simulate --record=tcp/10.0.0.1:80 >mine.yaml")
	var f simulateFlags
	c.Arg("scenario", "Scenario files; docs/scenarios.md explains them.").StringsVar(&f.files)
	c.Flag("policy", "Policies to compare, with commas between: "+policyNames()+". By default all, in a sweep the tuner's default.").StringVar(&f.policies)
	c.Flag("seed", "Seed of the first run.").Default("1").Uint64Var(&f.seed)
	c.Flag("seeds", "Runs of each policy, with seeds from --seed on; more than one give confidence intervals.").Default("1").IntVar(&f.seeds)
	c.Flag("format", "Output format: table, json (every run, period by period).").Default("table").EnumVar(&f.format, "table", "json")
	c.Flag("report", "Write a page with charts, to be opened in a browser.").PlaceHolder("FILE").StringVar(&f.report)
	c.Flag("sweep", "Try each value of a setting of the tuner, as max_change_ratio=0.1,0.3; several flags try every combination.").
		PlaceHolder("NAME=VALUE,...").StringsVar(&f.sweeps)
	record := addRecordFlags(c)
	return c.FullCommand(), func(ctx context.Context) error {
		switch recording := record.service != ""; {
		case recording == (len(f.files) > 0):
			return &daemon.UsageError{Err: errors.New("want either scenario files or --record")}
		case recording:
			return record.run(ctx, *proc, stdout, stderr)
		}
		return f.run(stdout, stderr)
	}
}

func policyNames() string {
	var names []string
	for _, p := range sim.Policies() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

func (f *simulateFlags) run(stdout, stderr io.Writer) error {
	grid, err := f.grid()
	if err != nil {
		return err
	}
	bar := newProgressBar(stderr)
	defer bar.clear()
	if len(f.sweeps) > 0 {
		return f.sweep(grid, bar, stdout)
	}
	comparisons, err := grid.Run(bar.update)
	if err != nil {
		return err
	}
	bar.clear()
	if f.report != "" {
		if err := writeReport(f.report, comparisons); err != nil {
			return err
		}
	}
	if f.format == "json" {
		return compare.WriteJSON(stdout, comparisons)
	}
	return compare.WriteText(stdout, comparisons)
}

// grid returns what the flags ask to run.
func (f *simulateFlags) grid() (compare.Grid, error) {
	var g compare.Grid
	if f.seeds < 1 || f.seeds > 10000 {
		return g, &daemon.UsageError{Err: fmt.Errorf("--seeds: %d is not from 1 to 10000", f.seeds)}
	}
	var err error
	if g.Policies, err = f.chosenPolicies(); err != nil {
		return g, &daemon.UsageError{Err: err}
	}
	for _, file := range f.files {
		s, err := scenario.Load(file)
		if err != nil {
			return g, err
		}
		g.Scenarios = append(g.Scenarios, s)
	}
	g.Seeds = compare.Seeds(f.seed, f.seeds)
	return g, nil
}

func (f *simulateFlags) chosenPolicies() ([]tuner.Policy, error) {
	switch {
	case f.policies != "":
	case len(f.sweeps) > 0:
		return []tuner.Policy{tuner.DefaultService().Policy}, nil
	default:
		return sim.Policies(), nil
	}
	var chosen []tuner.Policy
	for name := range strings.SplitSeq(f.policies, ",") {
		p := tuner.Policy(name)
		if !slices.Contains(sim.Policies(), p) {
			return nil, fmt.Errorf("--policy: %q is not one of %s", name, policyNames())
		}
		if !slices.Contains(chosen, p) {
			chosen = append(chosen, p)
		}
	}
	return chosen, nil
}

func writeReport(file string, comparisons []compare.Comparison) error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	err = report.Write(f, comparisons)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("report %s: %w", file, err)
	}
	return nil
}
