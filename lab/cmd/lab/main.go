// Command lab boots a virtual machine with a real IPVS kernel and runs a script
// in it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab"
)

// Exit statuses beside the guest's own; timeout(1) has the same.
const (
	statusFailed    = 1
	statusTimeLimit = 124
	statusDied      = 125
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	app := kingpin.New("lab", "A director with a real IPVS kernel on any Linux machine.")
	app.UsageWriter(stderr).ErrorWriter(stderr)
	kernel := app.Flag("kernel", "Series of Debian's cloud kernel.").Envar("LAB_KERNEL").Default("6.12").String()
	inside := newRunCommand(app)
	image := app.Command("image", "Build the image, unless it is cached, and print its folder.")

	command, err := app.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, "lab:", err)
		return 2
	}
	if command == image.FullCommand() {
		return printImage(ctx, *kernel, stdout, stderr)
	}
	return inside.run(ctx, *kernel, stdout, stderr)
}

func printImage(ctx context.Context, kernel string, stdout, stderr io.Writer) int {
	start := time.Now()
	image, err := lab.BuildImage(ctx, kernel, stderr)
	if err != nil {
		return report(err, stderr)
	}
	fmt.Fprintf(stdout, "%s (%.1f s)\n", image.Folder, time.Since(start).Seconds())
	return 0
}

// report prints err, with the console's last lines if the guest died, and
// returns the exit status for it.
func report(err error, stderr io.Writer) int {
	var died *lab.DiedError
	switch {
	case errors.As(err, &died):
		fmt.Fprintf(stderr, "%s\n%s\n", died.Console, died.QEMU)
		fmt.Fprintln(stderr, err)
		return statusDied
	case errors.Is(err, context.DeadlineExceeded):
		fmt.Fprintln(stderr, err)
		return statusTimeLimit
	}
	fmt.Fprintln(stderr, err)
	return statusFailed
}
