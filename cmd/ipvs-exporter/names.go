package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
)

func addNamesFlags(app *kingpin.Application) *names.Options {
	o := &names.Options{}
	app.Flag("names.file", "YAML file of names of virtual services and real servers; read again when it changes and on SIGHUP.").
		PlaceHolder("FILE").StringVar(&o.File)
	app.Flag("docker.host", "Engine of a Docker Swarm manager that names services and tasks, as unix:///run/docker.sock or tcp://HOST:PORT.").
		PlaceHolder("URL").StringVar(&o.Docker)
	app.Flag("names.dns", "Resolve tasks.NAME for each named service, and export how far that differs from its real servers: ipvs_service_dns_mismatch.").
		BoolVar(&o.DNS)
	return o
}

// reportNamesTo logs what a source of names comes to; it is called when that
// changes.
func reportNamesTo(log *zap.Logger) func(string, error) {
	return func(source string, err error) {
		if err != nil {
			log.Warn("names not readable", zap.String("source", source), zap.Error(err))
			return
		}
		log.Info("names readable", zap.String("source", source))
	}
}

// dnsMismatch compares a service's servers with what DNS has for its name.
func dnsMismatch(dns *names.DNS) func(string, *ipvs.VirtualService) (int, bool) {
	return func(name string, s *ipvs.VirtualService) (int, bool) {
		addresses, known := dns.Addresses(name, s.ID.Family())
		return names.Mismatch(addresses, s.Servers), known
	}
}

// reloadOnHangup reads the names file again at each SIGHUP, until ctx ends.
func reloadOnHangup(n *names.Names) func(context.Context) error {
	return func(ctx context.Context) error {
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		defer signal.Stop(hangups)
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-hangups:
				_ = n.Reload() // which reports its error
			}
		}
	}
}

// namesCollector shows how the sources of names do.
type namesCollector struct {
	names         *names.Names
	success, last *prometheus.Desc
}

func newNamesCollector(n *names.Names) *namesCollector {
	return &namesCollector{
		names: n,
		success: prometheus.NewDesc("ipvs_names_source_success",
			"1 when the last read of a source of names worked, else 0; what was last read well holds on.", []string{"source"}, nil),
		last: prometheus.NewDesc("ipvs_names_source_last_success_timestamp_seconds",
			"When a source of names was last read well.", []string{"source"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *namesCollector) Describe(ch chan<- *prometheus.Desc) { ch <- c.success; ch <- c.last }

// Collect implements prometheus.Collector.
func (c *namesCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.names.Sources() {
		worked := 1.0
		if s.Err != nil {
			worked = 0
		}
		ch <- prometheus.MustNewConstMetric(c.success, prometheus.GaugeValue, worked, s.Source)
		if !s.LastSuccess.IsZero() {
			ch <- prometheus.MustNewConstMetric(c.last, prometheus.GaugeValue, float64(s.LastSuccess.UnixMilli())/1000, s.Source)
		}
	}
}
