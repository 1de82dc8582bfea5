package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

// runCommand holds the flags of "lab run".
type runCommand struct {
	files    []string
	forwards []string
	out      string
	timeout  time.Duration
	memory   int
	count    bool
	script   string
	args     []string
}

func newRunCommand(app *kingpin.Application) *runCommand {
	r := new(runCommand)
	cmd := app.Command("run", "Boot the lab and run a script in it; the exit status is the script's, 124 at the time limit, 125 if the guest died.")
	cmd.Flag("file", "SRC[:NAME]: lay a file or folder into the guest as /lab/NAME.").StringsVar(&r.files)
	cmd.Flag("forward", "HOST:GUEST: lead a TCP port of 127.0.0.1 into the guest; HOST 0 picks a free one and prints it.").StringsVar(&r.forwards)
	cmd.Flag("out", "Folder that gets what the guest leaves in /out.").StringVar(&r.out)
	cmd.Flag("timeout", "Time limit, with the boot.").Default("2m").DurationVar(&r.timeout)
	cmd.Flag("memory", "MiB of memory.").Default("1024").IntVar(&r.memory)
	cmd.Flag("count", "Let the guest's clock count instructions, one a nanosecond: times repeat, whatever else the host does.").BoolVar(&r.count)
	cmd.Arg("script", "Script or program of the host.").Required().StringVar(&r.script)
	cmd.Arg("arg", "Its arguments.").StringsVar(&r.args)
	return r
}

func (r *runCommand) run(ctx context.Context, kernel string, stdout, stderr io.Writer) int {
	config, err := r.config()
	if err != nil {
		fmt.Fprintln(stderr, "lab:", err)
		return 2
	}
	config.Kernel = kernel
	config.Stdout, config.Stderr, config.Log = stdout, stderr, stderr
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	m, err := lab.Start(ctx, config)
	if err != nil {
		return report(err, stderr)
	}
	printForwards(config.Forward, m, stderr)
	status, err := m.Wait()
	if err != nil {
		return report(err, stderr)
	}
	return status
}

func (r *runCommand) config() (lab.Config, error) {
	// The script has a name that no other file is likely to want.
	const script = ".script"
	config := lab.Config{
		MemoryMiB: r.memory,
		Count:     r.count,
		Out:       r.out,
		Command:   append([]string{"/lab/" + script}, r.args...),
		Files:     []lab.File{{Host: r.script, Guest: script}},
	}
	for _, f := range r.files {
		host, guest, _ := strings.Cut(f, ":")
		config.Files = append(config.Files, lab.File{Host: host, Guest: guest})
	}
	for _, f := range r.forwards {
		forward, err := parseForward(f)
		if err != nil {
			return lab.Config{}, err
		}
		config.Forward = append(config.Forward, forward)
	}
	return config, nil
}

func parseForward(text string) (lab.Forward, error) {
	host, guest, _ := strings.Cut(text, ":")
	h, hostErr := strconv.ParseUint(host, 10, 16)
	g, guestErr := strconv.ParseUint(guest, 10, 16)
	if hostErr != nil || guestErr != nil || g == 0 {
		return lab.Forward{}, fmt.Errorf("--forward=%s: want HOST:GUEST, two port numbers", text)
	}
	return lab.Forward{Host: uint16(h), Guest: uint16(g)}, nil
}

func printForwards(forwards []lab.Forward, m *lab.Machine, stderr io.Writer) {
	for _, f := range forwards {
		fmt.Fprintf(stderr, "lab: 127.0.0.1:%d leads to the guest's port %d\n", m.Forwarded(f.Guest), f.Guest)
	}
}
