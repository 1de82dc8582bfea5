// Command ipvs-exporter shows the tables of Linux IPVS to Prometheus.
package main

import (
	"context"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/capability"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

const name = "ipvs-exporter"

func main() {
	os.Exit(daemon.Main(name, os.Stderr, func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stderr)
	}))
}

// flags are what the command line says.
type flags struct {
	web       *daemon.WebFlags
	log       *daemon.LogFlags
	directors *directorFlags
	options   func() collector.Options
	latency   *passive.Options
	names     *names.Options
	created   *bool // OpenMetrics has series _created
}

// newApplication returns the parser of the command line and what it fills.
func newApplication() (*kingpin.Application, flags) {
	app := daemon.Application(name, "Exports the tables of Linux IPVS, the kernel's load balancer, as Prometheus metrics.",
		"ipvs-exporter --web.listen-address=127.0.0.1:9975",
		"ipvs-exporter --ipvs.netns='/run/docker/netns/*' --docker.host=unix:///run/docker.sock")
	return app, flags{
		web:       daemon.AddWebFlags(app, ":9975"),
		log:       daemon.AddLogFlags(app),
		directors: addDirectorFlags(app),
		options:   addCollectorFlags(app),
		latency:   addLatencyFlags(app),
		names:     addNamesFlags(app),
		created: app.Flag("web.created-timestamps", "In OpenMetrics, give each counter whose start is known a series NAME_created, which Prometheus stores as it is. "+
			"Where its feature created-timestamp-zero-ingestion is on it asks for protobuf, which always has them.").Bool(),
	}
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	app, f := newApplication()
	if _, err := daemon.Parse(app, args); err != nil {
		return err
	}
	log, err := f.log.Logger(stderr)
	if err != nil {
		return err
	}
	if err := f.directors.loadModule(); err != nil {
		return err
	}
	f.names.Report = reportNamesTo(log)
	known, err := names.New(*f.names)
	if err != nil {
		return err
	}
	o := f.options()
	o.Report, o.Naming = reportTo(log), known
	own := []prometheus.Collector{newNamesCollector(known)}
	if slices.Contains(o.Collectors, collector.NameLatency) {
		meter := passive.OpenLate(*f.latency, capability.Attached(log, len(f.directors.netns) > 0))
		o.Latency, own = meter.Read, append(own, newAttachedCollector(meter.Method))
	}
	if known.DNS() != nil {
		o.DNSMismatch = dnsMismatch(known.DNS())
	}
	c := collector.New(f.directors.open(log), o)
	handler, err := newHandler(f.web.TelemetryPath, c, o.Collectors, *f.created, own...)
	if err != nil {
		return err
	}
	return daemon.Run(ctx, log, f.web, handler, known.Run, reloadOnHangup(known))
}
