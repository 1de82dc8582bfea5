package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func addRestore(app *kingpin.Application, proc *string, stdout io.Writer) (string, command) {
	c := app.Command("restore", "Put back the weights, thresholds and schedulers that stood before the tuner first touched them. Stop the tuner first.").
		HelpLong("weight-tuner restore --state.file=/var/lib/weight-tuner/state.json --dry-run\nweight-tuner restore --state.file=/var/lib/weight-tuner/state.json")
	stateFile := c.Flag("state.file", "State file of the tuner.").Required().String()
	dryRun := c.Flag("dry-run", "Show what would be done, and write nothing.").Bool()
	return c.FullCommand(), func(context.Context) error {
		states, err := tuner.ReadStates(*stateFile)
		if err != nil {
			return err
		}
		return restore(states, *dryRun, func(file string) (tuner.Netns, error) { return openNetns(*proc, file) }, stdout)
	}
}

// restoreIn restores one network namespace, which it has for itself meanwhile.
func restoreIn(n tuner.Netns, state tuner.State, dryRun bool, say func(tuner.Restoration)) error {
	if !dryRun {
		lock, err := n.TakeLock()
		if err != nil {
			return err
		}
		defer lock.Close()
	}
	return tuner.Restore(n, state, dryRun, say)
}

// openNetns returns the network namespace of a file; "" is the program's own.
func openNetns(proc, file string) (tuner.Netns, error) {
	o, err := netnsOptions(proc, file)
	c := ipvs.NewClient(o)
	return tuner.Netns{File: file, Director: c, Lock: func() (io.Closer, error) { return c.Lock(name) }}, err
}

// restore goes through the network namespaces of the states. It does all that
// can be done, prints a line on each real server, and returns how much could
// not be.
func restore(states tuner.States, dryRun bool, open func(file string) (tuner.Netns, error), w io.Writer) error {
	said, failed := 0, []string{}
	for _, file := range slices.Sorted(maps.Keys(states)) {
		if len(states[file].Baseline) == 0 {
			continue
		}
		netns, err := open(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			said++
			fmt.Fprintf(w, "network namespace %s is gone, passed over\n", file)
			continue
		case err == nil:
			err = restoreIn(netns, states[file], dryRun, func(r tuner.Restoration) {
				said++
				fmt.Fprintln(w, r)
				if r.Err != nil {
					failed = append(failed, r.Of.String())
				}
			})
		}
		if err != nil {
			failed = append(failed, err.Error())
		}
	}
	if said+len(failed) == 0 {
		fmt.Fprintln(w, "nothing to put back")
	}
	if len(failed) > 0 {
		return fmt.Errorf("not put back: %s", strings.Join(failed, ", "))
	}
	return nil
}
