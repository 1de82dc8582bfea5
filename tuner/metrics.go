package tuner

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

const metricPrefix = "weight_tuner_"

// Metrics is what a Loop tells Prometheus. Series of services and servers that
// are gone are gone too. It may be collected while the loop runs.
type Metrics struct {
	decisions    *prometheus.CounterVec
	conflicts    *prometheus.CounterVec
	sourceErrors *prometheus.CounterVec
	writes       prometheus.Counter
	writeErrors  prometheus.Counter
	auditErrors  prometheus.Counter
	cycles       prometheus.Histogram
	lastSuccess  prometheus.Gauge
	leader       *prometheus.Desc
	servers      serverDescs
	scaling      scalingDescs
	predicted    *prometheus.Desc
	sources      *prometheus.Desc

	mutex  sync.Mutex
	listed map[[2]string]bool // network namespaces and services that have decisions
	last   []turn             // of the last decision
	dryRun bool
}

// NewMetrics returns metrics that count from zero.
func NewMetrics() *Metrics {
	return &Metrics{
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricPrefix + "decisions_total",
			Help: "Decisions by virtual service, action and reason.",
		}, []string{"netns", "service", "action", "reason"}),
		conflicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricPrefix + "conflicts_total",
			Help: "Times that somebody else was seen to have changed weights of the virtual service.",
		}, []string{"netns", "service"}),
		sourceErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricPrefix + "source_errors_total",
			Help: "Failed readings of a source of observations.",
		}, []string{"source"}),
		writes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricPrefix + "writes_total",
			Help: "Real servers and schedulers that were changed in the director.",
		}),
		writeErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricPrefix + "write_errors_total",
			Help: "Real servers and schedulers that could not be changed in the director.",
		}),
		auditErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricPrefix + "audit_errors_total",
			Help: "Lines of the audit log that could not be written.",
		}),
		cycles: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    metricPrefix + "cycle_duration_seconds",
			Help:    "Time to ask the sources, read the table, decide, write and save.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 7),
		}),
		lastSuccess: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: metricPrefix + "last_success_timestamp_seconds",
			Help: "When a decision was last made and carried out without an error, in Unix time; 0 before the first.",
		}),
		leader: prometheus.NewDesc(metricPrefix+"leader",
			"Whether the conditions hold under which the tuner writes to the virtual service; 0 is standby.",
			[]string{"netns", "service"}, nil),
		servers: newServerDescs(),
		scaling: newScalingDescs(),
		predicted: prometheus.NewDesc(metricPrefix+"service_predicted_latency_seconds",
			"Mean latency that is predicted under the weights that the last decision found and under those that it wants; in a dry run the latter are not written.",
			[]string{"netns", "service", "weights"}, nil),
		sources: prometheus.NewDesc(metricPrefix+"service_source_info",
			"1, with the source that the latencies of the virtual service are from, by the last decision.",
			[]string{"netns", "service", "source"}, nil),
	}
}

// collectors returns the parts that are collectors themselves.
func (m *Metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.decisions, m.conflicts, m.sourceErrors, m.writes, m.writeErrors, m.auditErrors, m.cycles, m.lastSuccess}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(descs chan<- *prometheus.Desc) {
	for _, c := range m.collectors() {
		c.Describe(descs)
	}
	descs <- m.leader
	m.servers.describe(descs)
	m.scaling.describe(descs)
	descs <- m.predicted
	descs <- m.sources
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(metrics chan<- prometheus.Metric) {
	for _, c := range m.collectors() {
		c.Collect(metrics)
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, t := range m.last {
		collectLeader(&t, m.leader, metrics)
		for _, s := range t.plan.Services {
			m.servers.collect(t.name(), s, m.dryRun, metrics)
			m.scaling.collect(t.name(), s, metrics)
			m.collectPredicted(t.name(), s, metrics)
			if s.Source != "" {
				metrics <- prometheus.MustNewConstMetric(m.sources, prometheus.GaugeValue, 1, t.name(), s.Service.String(), s.Source)
			}
		}
	}
}

// collectPredicted sends the latencies that are predicted, where they are.
func (m *Metrics) collectPredicted(netns string, s ServicePlan, metrics chan<- prometheus.Metric) {
	if s.PredictedLatencySeconds > 0 {
		for weights, seconds := range map[string]float64{"found": s.PreviousPredictedLatencySeconds, "wanted": s.PredictedLatencySeconds} {
			metrics <- prometheus.MustNewConstMetric(m.predicted, prometheus.GaugeValue, seconds, netns, s.Service.String(), weights)
		}
	}
}
