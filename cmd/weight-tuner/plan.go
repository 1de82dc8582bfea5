package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources"
)

// planFlags are the flags of the command plan.
type planFlags struct {
	config, format                         string
	tableFile, observationsFile, stateFile string
	now                                    string
	noSave                                 bool
}

func addPlan(app *kingpin.Application, proc *string, stdout, stderr io.Writer) (string, command) {
	c := app.Command("plan", "Make one decision and show it; nothing is applied.")
	var f planFlags
	c.Flag("config.file", "Configuration file.").Required().StringVar(&f.config)
	c.Flag("format", "Output format: table, json.").Default("table").EnumVar(&f.format, "table", "json")
	c.Flag("table.file", "Table JSON to decide on, instead of the kernel's table.").StringVar(&f.tableFile)
	c.Flag("observations.file", "Observations JSON to decide on, instead of the configured sources.").StringVar(&f.observationsFile)
	c.Flag("state.file", "State to go on from, and to leave for the next plan. Without it there is none.").StringVar(&f.stateFile)
	c.Flag("no-save", "Leave the state file as it is.").BoolVar(&f.noSave)
	c.Flag("now", "Time of the decision, as 2026-01-02T03:04:05Z; by default that of the table, or the present.").StringVar(&f.now)
	return c.FullCommand(), func(ctx context.Context) error {
		return plan(ctx, f, ipvs.NewClient(ipvs.Options{Proc: *proc, Source: ipvs.Netlink}), stdout, stderr)
	}
}

func plan(ctx context.Context, f planFlags, director tuner.Director, stdout, stderr io.Writer) error {
	config, err := loadConfig(f.config)
	if err != nil {
		return err
	}
	var state tuner.State
	if f.stateFile != "" {
		if state, err = tuner.LoadState(f.stateFile); err != nil {
			return err
		}
	}
	in, err := f.read(ctx, config, state, director, stderr)
	if err != nil {
		return err
	}
	plan, next := tuner.Step(config, in.state, in.table, in.observations, in.now)
	if err := f.write(stdout, plan); err != nil {
		return err
	}
	if f.stateFile == "" || f.noSave {
		return nil
	}
	return tuner.SaveState(f.stateFile, next)
}

// planInput is what a decision is made on.
type planInput struct {
	table        *ipvs.Table
	observations []tuner.Observation
	state        tuner.State
	now          time.Time
}

// read takes the table and the observations from the files that were given,
// else from the director and the configured sources, which are watched for one
// interval.
func (f *planFlags) read(ctx context.Context, config tuner.Config, state tuner.State, director tuner.Director, stderr io.Writer) (planInput, error) {
	meters := tuner.Meters{}
	var err error
	if f.observationsFile == "" {
		if meters, err = sources.Open(config); err != nil {
			return planInput{}, err
		}
		defer meters.Close()
	}
	in, err := f.readTable(ctx, config, state, director, meters, stderr)
	if err != nil {
		return in, err
	}
	if in.now, err = f.time(in.now); err != nil {
		return in, err
	}
	if f.observationsFile != "" {
		in.observations, err = readFile(f.observationsFile, tuner.ReadObservations)
		return in, err
	}
	var errs map[string]error
	in.observations, errs = meters.Observe(ctx, in.now)
	for _, source := range slices.Sorted(maps.Keys(errs)) {
		if errs[source] != nil {
			fmt.Fprintf(stderr, "%s: source %s: %s\n", name, source, errs[source])
		}
	}
	return in, nil
}

// readTable takes the table, with the state and the time that it goes with,
// and has the meters watch its servers.
func (f *planFlags) readTable(ctx context.Context, config tuner.Config, state tuner.State, director tuner.Director, meters tuner.Meters, stderr io.Writer) (planInput, error) {
	in := planInput{state: state}
	var err error
	switch {
	case f.tableFile != "":
		var snapshot tuner.Snapshot
		if snapshot, err = readFile(f.tableFile, tuner.ReadTable); err == nil {
			in.table, in.now = snapshot.Table, snapshot.Time
			err = meters.Watch(ctx, config, in.table)
		}
	case f.observationsFile != "":
		in.table, err = director.Table()
	default:
		fmt.Fprintf(stderr, "%s: watching the director for up to %s\n", name, config.Interval)
		if in.state, err = tuner.Watch(ctx, director, meters, config, state); err == nil {
			in.table, err = director.Table()
		}
	}
	return in, err
}

// time returns the time of the decision: as given, else that of the table,
// else the present.
func (f *planFlags) time(table time.Time) (time.Time, error) {
	switch {
	case f.now != "":
		now, err := time.Parse(time.RFC3339, f.now)
		if err != nil {
			return now, &daemon.UsageError{Err: fmt.Errorf("--now: %q is not a time as 2026-01-02T03:04:05Z", f.now)}
		}
		return now, nil
	case !table.IsZero():
		return table, nil
	}
	return time.Now(), nil
}

func (f *planFlags) write(w io.Writer, plan tuner.Plan) error {
	if f.format == "json" {
		return tuner.WritePlan(w, plan)
	}
	return tuner.WriteText(w, plan)
}

// readFile reads a file by the reader of its form.
func readFile[T any](file string, read func(io.Reader, string) (T, error)) (T, error) {
	f, err := os.Open(file)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	return read(f, file)
}
