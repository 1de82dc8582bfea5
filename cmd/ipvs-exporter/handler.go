package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
)

// newHandler serves the metrics of the table and of the exporter itself, and
// a landing page.
func newHandler(path string, table prometheus.Collector) (http.Handler, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		table,
		versioncollector.NewCollector("ipvs_exporter"),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	landing, err := daemon.LandingPage(name, "Prometheus exporter of Linux IPVS",
		daemon.Link{Path: path, Text: "Metrics", Description: "What the director's tables hold."})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(path, promhttp.InstrumentMetricHandler(registry, promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		EnableOpenMetrics: true,
		ErrorHandling:     promhttp.ContinueOnError, // one bad series costs no others
		Registry:          registry,
	})))
	mux.Handle("/{$}", landing)
	return mux, nil
}
