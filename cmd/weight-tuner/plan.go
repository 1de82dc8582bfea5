package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources"
)

// planFlags are the flags of the command plan.
type planFlags struct {
	config, format                         string
	tableFile, observationsFile, stateFile string
	now, namesFile                         string
	noSave                                 bool
}

func addPlan(app *kingpin.Application, proc *string, stdout, stderr io.Writer) (string, command) {
	c := app.Command("plan", "Make one decision and show it; nothing is applied.").
		HelpLong("weight-tuner plan --config.file=weight-tuner.yaml\nweight-tuner plan --config.file=weight-tuner.yaml --table.file=table.json --observations.file=observations.json --format=json")
	var f planFlags
	c.Flag("config.file", "Configuration file.").Required().StringVar(&f.config)
	c.Flag("format", "Output format: table, json.").Default("table").EnumVar(&f.format, "table", "json")
	c.Flag("table.file", "Table JSON to decide on, instead of the kernel's table.").StringVar(&f.tableFile)
	c.Flag("observations.file", "Observations JSON to decide on, instead of the configured sources.").StringVar(&f.observationsFile)
	c.Flag("state.file", "State to go on from, and to leave for the next plan. Without it there is none.").StringVar(&f.stateFile)
	c.Flag("no-save", "Leave the state file as it is.").BoolVar(&f.noSave)
	c.Flag("now", "Time of the decision, as 2026-01-02T03:04:05Z; by default that of the table, or the present.").StringVar(&f.now)
	namesFile := addNamesFlag(c)
	return c.FullCommand(), func(ctx context.Context) error {
		f.namesFile = *namesFile
		return plan(ctx, f, *proc, stdout, stderr)
	}
}

func plan(ctx context.Context, f planFlags, proc string, stdout, stderr io.Writer) error {
	config, err := loadConfig(f.config)
	if err != nil {
		return err
	}
	known, err := openNames(f.namesFile, config, nil)
	if err != nil {
		return err
	}
	var in planInput
	if f.stateFile == "" {
		observeNothing(config)
	} else if in.states, err = tuner.LoadStates(f.stateFile); err != nil {
		return err
	}
	netns := openNamespaces(proc, config, known)
	if f.tableFile != "" {
		err = in.fromFile(f.tableFile, known)
	} else {
		in.found, err = netns.list()
	}
	if err != nil {
		return err
	}
	if err := f.read(ctx, &config, netns, &in, stderr); err != nil {
		return err
	}
	plan, next, err := tuner.Decide(config, in.states, in.found, in.observations, in.now)
	if err != nil {
		return err
	}
	for _, t := range strangers(plan, in.observations) {
		fmt.Fprintf(stderr, "%s: observations of %s: the plan has no such virtual service\n", name, t)
	}
	if err := f.write(stdout, plan); err != nil {
		return err
	}
	if f.stateFile == "" || f.noSave {
		return nil
	}
	return tuner.SaveStates(f.stateFile, next)
}

// observeNothing has no service be only looked at at first: without a state all
// are new, for ever.
func observeNothing(c tuner.Config) {
	for i := range c.Services {
		c.Services[i].Guards.ObserveFirst = 0
	}
}

// packets returns the names of the sources that time packets.
func packets(c tuner.Config) []string {
	return slices.DeleteFunc(c.SourcesInUse(), func(name string) bool { return c.Sources[name].Type != tuner.Passive })
}

// planInput is what a decision is made on.
type planInput struct {
	found        []tuner.Netns
	observations []tuner.Observation
	states       tuner.States
	now          time.Time
}

// fromFile takes the table of a file, with its network namespace and its time.
func (in *planInput) fromFile(file string, known *names.Names) error {
	s, err := readFile(file, tuner.ReadTable)
	if err != nil {
		return err
	}
	in.now = s.Time
	in.found = []tuner.Netns{{
		File: in.states.Find(s.Netns), Director: fileDirector{table: s.Table}, Names: naming(known, s.Netns, noMarks),
	}}
	return nil
}

// noMarks is what is known of firewall marks where a table is of a file.
func noMarks() (map[ipvs.ServiceID][]netip.Addr, error) { return nil, nil }

// fileDirector has a table and nothing else.
type fileDirector struct {
	tuner.Director
	table *ipvs.Table
}

func (d fileDirector) Table() (*ipvs.Table, error) { return d.table, nil }

// read takes the observations from the file that was given, else from the
// configured sources, which are watched for one interval; the configuration is
// left with those that there are. A table that is not of a file is the director's
// after that.
func (f *planFlags) read(ctx context.Context, config *tuner.Config, netns namespaces, in *planInput, stderr io.Writer) error {
	var err error
	if f.observationsFile != "" {
		if in.now, err = f.time(in.now); err == nil {
			in.observations, err = readFile(f.observationsFile, tuner.ReadObservations)
		}
		return err
	}
	if f.tableFile != "" {
		*config = config.Without(packets(*config)...) // a table of a file need not be this director's
	}
	meters, err := sources.Open(*config, sources.Options{Netns: netns.called, Settled: func(string) {}})
	if err != nil {
		return err
	}
	defer meters.Close()
	if f.tableFile != "" {
		err = meters.Watch(ctx, *config, in.found)
	} else {
		fmt.Fprintf(stderr, "%s: watching the director for up to %s\n", name, config.Interval)
		in.states, err = tuner.Watch(ctx, in.found, meters, *config, in.states)
	}
	if err != nil {
		return err
	}
	if in.now, err = f.time(in.now); err != nil {
		return err
	}
	var errs map[string]error
	in.observations, errs = meters.Observe(ctx, in.now)
	for _, source := range slices.Sorted(maps.Keys(errs)) {
		switch err := errs[source]; {
		case config.Spares(source, err):
			fmt.Fprintf(stderr, "%s: the next source serves in place of %s: %s\n", name, source, err)
			*config = config.Without(source)
		case err != nil:
			fmt.Fprintf(stderr, "%s: source %s: %s\n", name, source, err)
		}
	}
	return nil
}

// strangers returns the virtual services that observations are of and the plan
// is not, in order.
func strangers(plan tuner.Plan, observations []tuner.Observation) []tuner.Target {
	planned := make(map[tuner.Target]bool)
	for _, s := range plan.Services {
		planned[tuner.Target{Netns: s.Netns, Service: s.Service}] = true
	}
	found := make(map[tuner.Target]bool)
	for _, o := range observations {
		if of := (tuner.Target{Netns: o.Netns, Service: o.Service}); !planned[of] {
			found[of] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), tuner.Target.Compare)
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
