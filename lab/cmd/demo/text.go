package main

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
)

// graphs are Prometheus's graphs of the weights and of the latencies.
const graphs = "/graph?g0.expr=ipvs_server_weight&g0.tab=0&g0.range_input=10m" +
	"&g1.expr=weight_tuner_server_latency_seconds&g1.tab=0&g1.range_input=10m"

// addresses tells what to open. Without a Prometheus or Grafana its port is zero.
func addresses(p ports) string {
	var text strings.Builder
	fmt.Fprintln(&text, "\nOpen in a browser:")
	for _, p := range []port{p.exporter, p.tuner, p.prometheus, p.grafana} {
		if p.number != p.wanted {
			fmt.Fprintf(&text, "  (port %d is taken, so %d stands in for it)\n", p.wanted, p.number)
		}
	}
	fmt.Fprintln(&text, "  exporter's metrics   "+p.exporter.url()+"/metrics")
	fmt.Fprintln(&text, "  tuner's metrics      "+p.tuner.url()+"/metrics")
	fmt.Fprintln(&text, "  tuner's last plan    "+p.tuner.url()+"/plan")
	fmt.Fprintln(&text, "  tuner's status       "+p.tuner.url()+"/")
	if p.prometheus != (port{}) {
		fmt.Fprintln(&text, "  weights, latencies   "+p.prometheus.url()+graphs)
	}
	switch {
	case p.grafana != (port{}):
		fmt.Fprintln(&text, "  dashboards           "+p.grafana.url()+"/d/ipvs-autopilot-tuner")
	case p.prometheus != (port{}):
		fmt.Fprintln(&text, "  dashboards           dashboards/*.json, for a Grafana of yours: see docs/dashboards.md")
	}
	fmt.Fprint(&text, "Ctrl-C ends everything. The real servers as the tuner sees them:\n\n")
	return text.String()
}

// table tells of each real server on a line, with the time on the first.
func table(stamp string, servers []server, header bool) string {
	if len(servers) == 0 {
		return stamp + "  no real servers\n"
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "time    \tvirtual service\treal server\t%6s  %10s  %6s\n", "weight", "latency", "share")
	for _, s := range servers {
		fmt.Fprintf(w, "%s\t%s\t%s\t%6s  %10s  %6s\n", stamp, s.service, s.name,
			known("%.0f", s.weight), known("%.0f ms", 1000*s.latencySeconds), known("%.1f%%", 100*s.share))
		stamp = ""
	}
	w.Flush()
	if !header {
		_, rows, _ := strings.Cut(text.String(), "\n")
		return rows
	}
	return text.String()
}

// known returns "-" for what is not a number.
func known(format string, value float64) string {
	if math.IsNaN(value) {
		return "-"
	}
	return fmt.Sprintf(format, value)
}
