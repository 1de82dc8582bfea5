// Command demo shows the exporter and the tuner at work, with a Prometheus
// and a Grafana beside them: on this host's IPVS, where nothing is changed, or else on a
// director in the lab with traffic of its own.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kingpin/v2"
)

// procTable lists the virtual services of the kernel, where it has IPVS.
const procTable = "/proc/net/ip_vs"

func main() {
	app := kingpin.New("demo", "The exporter and the tuner at work, until Ctrl-C.")
	inLab := app.Flag("lab", "Use the lab even where this host has virtual services.").Bool()
	kingpin.MustParse(app.Parse(os.Args[1:]))
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	err := demonstrate(ctx, *inLab, os.Stdout)
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// endings are the signals that end the demonstration in good order: also those
// that tell of a terminal that has gone, except under nohup(1).
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// demonstrate shows everything until ctx is done, which is no error, and leaves
// nothing behind.
func demonstrate(ctx context.Context, inLab bool, stdout io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "ipvs-autopilot-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	ports, err := choosePorts()
	if err != nil {
		return err
	}
	s := stage{programs: filepath.Dir(program), temp: temp, ports: ports, screen: newScreen(stdout)}
	return s.play(ctx, inLab || !hasServices(procTable))
}
