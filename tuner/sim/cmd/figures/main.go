// Command figures holds policies of the tuner against their bars, each with
// five fixed seeds and five fresh ones. It fails if one is not held.
//
//	figures [--policy=P,...] [--row=GLOB] [--write=FOLDER]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/figures"
)

var errNotHeld = errors.New("not every bar is held")

func main() {
	if err := run(os.Args[1:], time.Now(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(args []string, now time.Time, w io.Writer) error {
	flags := flag.NewFlagSet("figures", flag.ContinueOnError)
	names := flags.String("policy", "", "policies, with commas between; by default all of the tuner's")
	glob := flags.String("row", "*", "rows to play")
	folder := flags.String("write", "", "write the rows' scenarios into this folder instead")
	fixed := flags.Bool("fixed", false, "play the fixed seeds alone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	rows, err := chosenRows(*glob)
	if err != nil {
		return err
	}
	if *folder != "" {
		return figures.Write(rows, *folder)
	}
	policies, err := chosenPolicies(*names)
	if err != nil {
		return err
	}
	seeds := figures.FixedSeeds()
	if !*fixed {
		seeds = figures.Seeds(now)
	}
	verdicts, err := figures.Judge(rows, policies, seeds)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "seeds:", strings.Trim(fmt.Sprint(seeds), "[]"))
	return write(w, verdicts)
}

// chosenRows returns the rows whose names match a glob.
func chosenRows(glob string) ([]figures.Row, error) {
	rows, err := figures.Rows()
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r figures.Row) bool {
		ok, _ := path.Match(glob, r.Scenario.Name)
		return !ok
	})
	if len(rows) == 0 {
		return nil, fmt.Errorf("no row matches %q", glob)
	}
	return rows, nil
}

func chosenPolicies(names string) ([]tuner.Policy, error) {
	if names == "" {
		return tuner.Policies(), nil
	}
	var chosen []tuner.Policy
	for name := range strings.SplitSeq(names, ",") {
		if !slices.Contains(sim.Policies(), tuner.Policy(name)) {
			return nil, fmt.Errorf("policy %q is not one of %v", name, sim.Policies())
		}
		chosen = append(chosen, tuner.Policy(name))
	}
	return chosen, nil
}

// write prints the verdicts, and returns an error if one is bad.
func write(w io.Writer, verdicts []figures.Verdict) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, strings.ToUpper(strings.Join(figures.Headings(), "\t")))
	held := true
	for _, v := range verdicts {
		fmt.Fprintln(columns, strings.Join(v.Cells(), "\t"))
		held = held && v.Held()
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	if !held {
		return errNotHeld
	}
	return nil
}
