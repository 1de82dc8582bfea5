// Command ipvs-exporter shows the tables of Linux IPVS to Prometheus.
package main

import (
	"context"
	"io"
	"os"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
)

const name = "ipvs-exporter"

func main() {
	os.Exit(daemon.Main(name, os.Stderr, func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stderr)
	}))
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	app := daemon.Application(name, "Exports the tables of Linux IPVS, the kernel's load balancer, as Prometheus metrics.")
	webFlags := daemon.AddWebFlags(app, ":9975")
	logFlags := daemon.AddLogFlags(app)
	proc := app.Flag("path.procfs", "Mount point of the proc filesystem.").Default("/proc").String()
	source := app.Flag("ipvs.source", "Kernel interface to read: netlink has everything and needs CAP_NET_ADMIN; "+
		"procfs needs nothing and lacks thresholds, timeouts, sync daemons and the statistics of services and servers; "+
		"auto is netlink where permitted, else procfs.").
		Default(sourceAuto).Enum(sourceAuto, sourceNetlink, sourceProcfs)
	enabled := addCollectorFlags(app)
	if _, err := daemon.Parse(app, args); err != nil {
		return err
	}
	log, err := logFlags.Logger(stderr)
	if err != nil {
		return err
	}
	read := reportChanges(log, openTable(*source, *proc))
	handler, err := newHandler(webFlags.TelemetryPath, collector.New(read, enabled()...))
	if err != nil {
		return err
	}
	return daemon.Run(ctx, log, webFlags, handler)
}
