package main

import (
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
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	own.MustRegister(others...)
	landing, err := daemon.LandingPage(name, "Prometheus exporter of Linux IPVS",
		daemon.Link{Path: path, Text: "Metrics", Description: "What the director's tables hold."})
	if err != nil {
		return nil, err
	}
	options := promhttp.HandlerOpts{
		EnableOpenMetrics:                   true,
		EnableOpenMetricsTextCreatedSamples: created,
		ErrorHandling:                       promhttp.ContinueOnError, // one bad series costs no others
		Registry:                            own,
	}
	metrics := func(w http.ResponseWriter, r *http.Request) {
		chosen, err := chooseCollectors(on, r.URL.Query())
		if err != nil {
			http.Error(w, name+": "+err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := scrapeContext(r)
		defer cancel()
		registry := prometheus.NewRegistry()
		registry.MustRegister(directors.Scrape(ctx, chosen...))
		promhttp.HandlerFor(prometheus.Gatherers{own, registry}, options).ServeHTTP(w, r)
	}
	mux := http.NewServeMux()
	mux.Handle(path, promhttp.InstrumentMetricHandler(own, http.HandlerFunc(metrics)))
	mux.Handle("/{$}", landing)
	return mux, nil
}
