// Command ipvs-exporter shows the tables of Linux IPVS to Prometheus.
package main

import (
	"context"
	"io"
	"os"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
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
	directors := addDirectorFlags(app)
	options := addCollectorFlags(app)
	namesOptions := addNamesFlags(app)
	created := app.Flag("web.created-timestamps", "In OpenMetrics, give each counter whose start is known a series NAME_created, which Prometheus stores as it is. "+
		"Where its feature created-timestamp-zero-ingestion is on it asks for protobuf, which always has them.").Bool()
	if _, err := daemon.Parse(app, args); err != nil {
		return err
	}
	log, err := logFlags.Logger(stderr)
	if err != nil {
		return err
	}
	if err := directors.loadModule(); err != nil {
		return err
	}
	namesOptions.Report = reportNamesTo(log)
	known, err := names.New(*namesOptions)
	if err != nil {
		return err
	}
	o := options()
	o.Report, o.Naming = reportTo(log), known
	if known.DNS() != nil {
		o.DNSMismatch = dnsMismatch(known.DNS())
	}
	c := collector.New(directors.open(log), o)
	handler, err := newHandler(webFlags.TelemetryPath, c, o.Collectors, *created, newNamesCollector(known))
	if err != nil {
		return err
	}
	return daemon.Run(ctx, log, webFlags, handler, known.Run, reloadOnHangup(known))
}
