package main

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
)

// newHandler serves the metrics of the directors and of the exporter itself,
// and a landing page. on are the collectors that are on; with created,
// OpenMetrics has the series _created.
func newHandler(path string, directors *collector.Collector, on []string, created bool, others ...prometheus.Collector) (http.Handler, error) {
	own := prometheus.NewRegistry()
	own.MustRegister(
		versioncollector.NewCollector("ipvs_exporter"),
		collectors.NewGoCollector(),
		daemon.NewProcessCollector(),
	)
	own.MustRegister(others...)
	landing, err := daemon.LandingPage(name, "Prometheus exporter of Linux IPVS", links(path, on)...)
	if err != nil {
		return nil, err
	}
	metrics := &metricsHandler{directors: directors, on: on, created: created, own: own}
	metrics.registry(context.Background(), nil) // has promhttp register its metrics
	mux := http.NewServeMux()
	mux.Handle(path, promhttp.InstrumentMetricHandler(own, metrics))
	mux.Handle("/{$}", landing)
	return mux, nil
}

// links lead to all metrics, and to those of each collector.
func links(path string, on []string) []daemon.Link {
	found := []daemon.Link{{Path: path, Text: "Metrics", Description: "What the director's tables hold."}}
	for _, name := range on {
		found = append(found, daemon.Link{Path: path + "?collect[]=" + name, Text: "Collector " + name, Description: "Its metrics alone."})
	}
	return found
}
