package main

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"os"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/capability"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/coordination"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/status"
)

func addRun(app *kingpin.Application, proc *string, stderr io.Writer) (string, command) {
	c := app.Command("run", "Tune the director until told to stop.").
		HelpLong("weight-tuner run --config.file=weight-tuner.yaml --dry-run\nweight-tuner run --config.file=weight-tuner.yaml --web.listen-address=127.0.0.1:9976")
	configFile := addConfigFlag(c)
	namesFile := addNamesFlag(c)
	dryRun := c.Flag("dry-run", "Decide and show what would be done, and write nothing, as dry_run: true in the configuration.").Bool()
	webFlags := daemon.AddWebFlags(c, ":9976")
	logFlags := daemon.AddLogFlags(c)
	return c.FullCommand(), func(ctx context.Context) error {
		config, err := loadConfig(*configFile)
		if err != nil {
			return err
		}
		log, err := logFlags.Logger(stderr)
		if err != nil {
			return err
		}
		known, err := openNames(*namesFile, config, reportNamesTo(log))
		if err != nil {
			return err
		}
		netns := openNamespaces(*proc, config, known)
		meters, err := sources.Open(config, sources.Options{Netns: netns.called, Settled: capability.Attached(log, len(config.NetnsFiles()) > 0)})
		if err != nil {
			return err
		}
		defer meters.Close()
		config.DryRun = config.DryRun || *dryRun
		if config.DryRun {
			log.Info("dry run: decisions are shown, and nothing is written")
		}
		loop := &tuner.Loop{
			Config: config, Netns: netns.list, Meters: meters,
			Metrics: tuner.NewMetrics(), Logger: log, Audit: newAuditLog(config.AuditLog),
		}
		tasks := []func(context.Context) error{loop.Run, known.Run}
		if config.Etcd != nil && !config.DryRun {
			member := coordination.New(*config.Etcd, cmp.Or(config.Etcd.Name, hostname()), log)
			loop.Coordination = member.Coordination()
			tasks = append(tasks, member.Run)
		}
		if err := loop.Lock(); err != nil { // before a port is taken or asked for in vain
			return err
		}
		board := &status.Board{}
		loop.Tell = board.Tell
		handler, err := newHandler(webFlags.TelemetryPath, loop, board)
		if err != nil {
			return err
		}
		return daemon.Run(ctx, log, webFlags, handler, tasks...)
	}
}

// hostname returns what other tuners show this one as.
func hostname() string {
	host, err := os.Hostname()
	if err != nil {
		return name
	}
	return host
}

// planPath is where the last plan is served.
const planPath = "/plan"

// newHandler serves the tuner's metrics, its last plan, and its status.
func newHandler(metricsPath string, loop *tuner.Loop, board *status.Board) (http.Handler, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		loop.Metrics,
		versioncollector.NewCollector("weight_tuner"),
		collectors.NewGoCollector(),
		daemon.NewProcessCollector(),
	)
	pages, err := board.Handler(status.Options{Version: version.Version, Links: []status.Link{
		{Path: planPath, Text: "Plan"}, {Path: metricsPath, Text: "Metrics"}}})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(metricsPath, promhttp.InstrumentMetricHandler(registry,
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true, Registry: registry})))
	mux.HandleFunc(planPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_ = tuner.WriteText(w, loop.LastPlan()) // the client may be gone
	})
	mux.Handle("/", pages)
	return mux, nil
}
