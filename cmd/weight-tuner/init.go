package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/starter"
)

// initFlags are the flags of the command init.
type initFlags struct {
	tableFile, netnsFile, namesFile, output string
}

func addInit(app *kingpin.Application, proc *string, stdout, stderr io.Writer) (string, command) {
	c := app.Command("init", "Write a configuration for the director's table, with comments and dry_run: true.").
		HelpLong("weight-tuner init --output=weight-tuner.yaml\nweight-tuner init --ipvs.netns=/run/docker/netns/ingress_sbox")
	var f initFlags
	c.Flag("output", "File to write, which must not exist; by default standard output.").Short('o').PlaceHolder("FILE").StringVar(&f.output)
	c.Flag("table.file", "Table JSON to write it for, instead of the kernel's table.").PlaceHolder("FILE").StringVar(&f.tableFile)
	c.Flag("ipvs.netns", netnsHelp).PlaceHolder("FILE").StringVar(&f.netnsFile)
	c.Flag("names.file", "YAML file of names of virtual services, for the comments.").PlaceHolder("FILE").StringVar(&f.namesFile)
	return c.FullCommand(), func(context.Context) error { return f.run(*proc, stdout, stderr) }
}

func (f *initFlags) run(proc string, stdout, stderr io.Writer) error {
	if f.tableFile != "" && f.netnsFile != "" {
		return &daemon.UsageError{Err: errors.New("--table.file and --ipvs.netns do not go together")}
	}
	known, err := names.New(names.Options{File: f.namesFile})
	if err != nil {
		return err
	}
	s, called, err := f.read(proc, known)
	if err != nil {
		return advised(err)
	}
	var text bytes.Buffer
	if err := starter.Write(&text, s, called); err != nil {
		return advised(err)
	}
	if f.output == "" {
		_, err := text.WriteTo(stdout)
		return err
	}
	if err := writeNew(f.output, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%s: wrote %s; now see what the tuner would do: %s run --config.file=%s\n", name, f.output, name, f.output)
	return nil
}

// read returns the table, of the network namespace as a configuration names it,
// and what its services are called.
func (f *initFlags) read(proc string, known *names.Names) (tuner.Snapshot, map[ipvs.ServiceID]string, error) {
	if f.tableFile != "" {
		s, err := readFile(f.tableFile, tuner.ReadTable)
		if err != nil {
			return s, nil, err
		}
		called, err := naming(known, s.Netns, noMarks)(s.Table)
		return s, called, err
	}
	o, err := netnsOptions(proc, f.netnsFile)
	if err != nil {
		return tuner.Snapshot{}, nil, err
	}
	client := ipvs.NewClient(o)
	s := tuner.Snapshot{Time: time.Now(), Netns: f.netnsFile}
	if s.Table, err = client.Table(); err != nil {
		return s, nil, err
	}
	if f.namesFile == "" {
		return s, nil, nil
	}
	called, err := naming(known, o.Netns.Name, client.Marks)(s.Table)
	return s, called, err
}

// advised says what to do about an error that those have who begin.
func advised(err error) error {
	switch {
	case errors.Is(err, ipvs.ErrNotPermitted):
		return fmt.Errorf("%w, or use --table.file on what root has written by: weight-tuner table --format=json", err)
	case errors.Is(err, starter.ErrEmpty):
		return fmt.Errorf("%w: add them first (keepalived, ipvsadm), or name the network namespace that has them by --ipvs.netns", err)
	}
	return err
}

// writeNew writes a file that is there as a whole or not at all, and leaves one
// that is there already.
func writeNew(file string, text []byte) error {
	part, err := os.CreateTemp(filepath.Dir(file), ".weight-tuner-*.yaml")
	if failed := (*os.PathError)(nil); errors.As(err, &failed) {
		return fmt.Errorf("output %s: %w", file, failed.Err) // of the part's name nobody has heard
	}
	if err != nil {
		return fmt.Errorf("output %s: %w", file, err)
	}
	defer os.Remove(part.Name())
	_, err = part.Write(text)
	err = errors.Join(err, part.Chmod(0o644), part.Sync(), part.Close())
	if err == nil {
		err = os.Link(part.Name(), file)
	}
	switch {
	case errors.Is(err, os.ErrExist):
		return fmt.Errorf("output %s: is there already, and is left as it is: remove it, or name another file", file)
	case err != nil:
		return fmt.Errorf("output %s: %w", file, err)
	}
	return nil
}
