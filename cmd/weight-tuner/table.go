package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func addTable(app *kingpin.Application, proc *string, stdout, stderr io.Writer) (string, command) {
	c := app.Command("table", "Show the director's table.").
		HelpLong("weight-tuner table\nweight-tuner table --format=save >table.saved")
	format := c.Flag("format", "Output format: table, json (what plan --table.file reads), save (what ipvsadm -R reads).").
		Default("table").Enum("table", "json", "save")
	path := c.Flag("ipvs.netns", netnsHelp).PlaceHolder("FILE").String()
	return c.FullCommand(), func(context.Context) error {
		o, err := netnsOptions(*proc, *path)
		if err != nil {
			return err
		}
		t, err := ipvs.NewClient(o).Table()
		if err != nil {
			return err
		}
		if *format == "save" {
			for _, told := range t.Unsaved() {
				fmt.Fprintf(stderr, "%s: %s\n", name, told)
			}
		}
		return writeTable(stdout, *format, tuner.Snapshot{Time: time.Now().UTC(), Netns: o.Netns.Name, Table: t})
	}
}

const netnsHelp = "Read this network namespace, by its file, as /run/docker/netns/ingress_sbox."

// netnsOptions returns how to read the network namespace of a file; "" is the
// program's own.
func netnsOptions(proc, file string) (ipvs.Options, error) {
	o := ipvs.Options{Proc: proc, Source: ipvs.Netlink}
	var err error
	if file != "" {
		o.Netns, err = ipvs.OpenNetns(file)
	}
	return o, err
}

func writeTable(w io.Writer, format string, s tuner.Snapshot) error {
	switch format {
	case "json":
		return tuner.WriteTable(w, s)
	case "save":
		return s.Table.Save(w)
	}
	return writeTableText(w, s.Table)
}

// writeTableText prints a row a real server under each virtual service.
func writeTableText(w io.Writer, t *ipvs.Table) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := range t.Services {
		s := &t.Services[i]
		if i > 0 {
			fmt.Fprintln(columns)
		}
		fmt.Fprintf(columns, "%s (%s), %d connections\n", s.ID, s.Scheduler, s.Stats.Connections)
		if len(s.Servers) > 0 {
			fmt.Fprint(columns, "  SERVER\tFORWARD\tWEIGHT\tACTIVE\tINACTIVE\tUPPER\tLOWER\tCONNECTIONS\n")
		}
		for _, r := range s.Servers {
			fmt.Fprintf(columns, "  %s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", r.ID, r.Forward, r.Weight,
				r.ActiveConnections, r.InactiveConnections, r.UpperThreshold, r.LowerThreshold, r.Stats.Connections)
		}
	}
	return columns.Flush()
}
