package tuner

import "github.com/prometheus/client_golang/prometheus"

// serverDescs describes the gauges of real servers.
type serverDescs struct{ weight, share, latency, capacity, upper *prometheus.Desc }

func newServerDescs() serverDescs {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(metricPrefix+name, help, []string{"netns", "service", "server"}, nil)
	}
	return serverDescs{
		weight:   describe("server_weight", "Weight that the last decision left the real server with."),
		share:    describe("server_target_share_ratio", "Share of new connections by the weights that were decided."),
		latency:  describe("server_latency_seconds", "Smoothed latency of the real server."),
		capacity: describe("server_capacity_requests_per_second", "Requests that the real server can answer."),
		upper:    describe("server_upper_threshold_connections", "Upper threshold that the last decision left the real server with, where it has one."),
	}
}

func (d serverDescs) describe(descs chan<- *prometheus.Desc) {
	descs <- d.weight
	descs <- d.share
	descs <- d.latency
	descs <- d.capacity
	descs <- d.upper
}

// collect sends the gauges of a service's servers, without those that are not
// known. A dry run has left what was there.
func (d serverDescs) collect(netns string, p ServicePlan, dryRun bool, metrics chan<- prometheus.Metric) {
	for _, s := range p.Servers {
		gauge := func(desc *prometheus.Desc, value float64) {
			metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value,
				netns, p.Service.String(), s.Server.String())
		}
		weight, upper := s.Weight, s.UpperThreshold
		if dryRun {
			weight, upper = s.PreviousWeight, s.PreviousUpperThreshold
		}
		gauge(d.weight, float64(weight))
		if upper > 0 {
			gauge(d.upper, float64(upper))
		}
		if s.ShareRatio != nil {
			gauge(d.share, *s.ShareRatio)
		}
		if s.LatencySeconds > 0 {
			gauge(d.latency, s.LatencySeconds)
		}
		if s.CapacityRequestsPerSecond > 0 {
			gauge(d.capacity, s.CapacityRequestsPerSecond)
		}
	}
}
