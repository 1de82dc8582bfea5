package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// recordFlags are the flags of the command record.
type recordFlags struct {
	service, netns string
	length         time.Duration
	tableFiles     []string
}

func addRecord(app *kingpin.Application, proc *string, stdout, stderr io.Writer) (string, command) {
	c := app.Command("record", "Make a scenario for simulate of a live virtual service.")
	var f recordFlags
	c.Arg("service", "The virtual service, as tcp/10.0.0.1:80 or fwm/258.").Required().StringVar(&f.service)
	c.Flag("for", "How long to watch the director.").Default("30s").DurationVar(&f.length)
	c.Flag("ipvs.netns", netnsHelp).PlaceHolder("FILE").StringVar(&f.netns)
	c.Flag("table.file", "Table JSON of an earlier and of a later time, instead of watching: give it twice.").StringsVar(&f.tableFiles)
	return c.FullCommand(), func(ctx context.Context) error {
		id, err := ipvs.ParseServiceID(f.service)
		if err != nil {
			return &daemon.UsageError{Err: err}
		}
		r, err := f.record(ctx, id, *proc, stderr)
		if err != nil {
			return err
		}
		return r.Write(stdout)
	}
}

func (f *recordFlags) record(ctx context.Context, id ipvs.ServiceID, proc string, stderr io.Writer) (scenario.Recording, error) {
	switch {
	case len(f.tableFiles) == 2:
		return recordFiles(id, f.tableFiles[0], f.tableFiles[1])
	case len(f.tableFiles) > 0:
		return scenario.Recording{}, &daemon.UsageError{Err: fmt.Errorf("--table.file: want two of them, have %d", len(f.tableFiles))}
	case f.length < 4*time.Second || f.length > time.Hour:
		return scenario.Recording{}, &daemon.UsageError{Err: fmt.Errorf("--for: %s is not from 4s to 1h0m0s", f.length)}
	}
	o, err := netnsOptions(proc, f.netns)
	if err != nil {
		return scenario.Recording{}, err
	}
	client := ipvs.NewClient(o)
	defer client.Close()
	fmt.Fprintf(stderr, "%s: watching %s for %s\n", name, id, f.length)
	return watch(ctx, client, id, f.length)
}

// recordFiles takes two readings of a table.
func recordFiles(id ipvs.ServiceID, files ...string) (scenario.Recording, error) {
	var r scenario.Recording
	for _, file := range files {
		snapshot, err := readFile(file, tuner.ReadTable)
		if err != nil {
			return r, err
		}
		if r.Service, err = serviceOf(snapshot.Table, id); err != nil {
			return r, fmt.Errorf("%s: %w", file, err)
		}
		r.Director = snapshot.Table.Director
		r.Samples = append(r.Samples, scenario.Sample{Time: snapshot.Time, Servers: r.Service.Servers})
	}
	slices.SortStableFunc(r.Samples, func(a, b scenario.Sample) int { return a.Time.Compare(b.Time) })
	return r, nil
}

// watch samples a virtual service as the tuner does.
func watch(ctx context.Context, d tuner.Director, id ipvs.ServiceID, length time.Duration) (scenario.Recording, error) {
	var r scenario.Recording
	table, err := d.Table()
	if err != nil {
		return r, err
	}
	r.Director = table.Director
	if r.Service, err = serviceOf(table, id); err != nil {
		return r, err
	}
	ticker := time.NewTicker(tuner.SampleInterval)
	defer ticker.Stop()
	for until := time.Now().Add(length); time.Now().Before(until); {
		servers, err := d.Servers(id)
		if err != nil {
			return r, err
		}
		r.Samples = append(r.Samples, scenario.Sample{Time: time.Now(), Servers: servers})
		select {
		case <-ctx.Done():
			return r, context.Cause(ctx)
		case <-ticker.C:
		}
	}
	return r, nil
}

func serviceOf(t *ipvs.Table, id ipvs.ServiceID) (ipvs.VirtualService, error) {
	i := slices.IndexFunc(t.Services, func(v ipvs.VirtualService) bool { return v.ID == id })
	if i < 0 {
		return ipvs.VirtualService{}, fmt.Errorf("%s: %w", id, ipvs.ErrNoService)
	}
	return t.Services[i], nil
}
