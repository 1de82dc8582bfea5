package tuner

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const metricPrefix = "weight_tuner_"

// Metrics is what a Loop tells Prometheus. Series of services and servers that
// are gone are gone too. It may be collected while the loop runs.
type Metrics struct {
	decisions    *prometheus.CounterVec
	sourceErrors *prometheus.CounterVec
	writes       prometheus.Counter
	writeErrors  prometheus.Counter
	cycles       prometheus.Histogram
	lastSuccess  prometheus.Gauge
	servers      serverDescs

	mutex  sync.Mutex
	last   []ServicePlan // of the last decision, nothing after a failed read
	dryRun bool
}

// NewMetrics returns metrics that count from zero.
func NewMetrics() *Metrics {
	return &Metrics{
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricPrefix + "decisions_total",
			Help: "Decisions by virtual service, action and reason.",
		}, []string{"service", "action", "reason"}),
		sourceErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricPrefix + "source_errors_total",
			Help: "Failed readings of a source of observations.",
		}, []string{"source"}),
		writes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricPrefix + "writes_total",
			Help: "Weights written to the director.",
		}),
		writeErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricPrefix + "write_errors_total",
			Help: "Weights that could not be written to the director.",
		}),
		cycles: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    metricPrefix + "cycle_duration_seconds",
			Help:    "Time to read the table, decide, write and save.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 7),
		}),
		lastSuccess: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: metricPrefix + "last_success_timestamp_seconds",
			Help: "When a decision was last made and carried out without an error, in Unix time; 0 before the first.",
		}),
		servers: newServerDescs(),
	}
}

// collectors returns the parts that are collectors themselves.
func (m *Metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.decisions, m.sourceErrors, m.writes, m.writeErrors, m.cycles, m.lastSuccess}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(descs chan<- *prometheus.Desc) {
	for _, c := range m.collectors() {
		c.Describe(descs)
	}
	m.servers.describe(descs)
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(metrics chan<- prometheus.Metric) {
	for _, c := range m.collectors() {
		c.Collect(metrics)
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, s := range m.last {
		m.servers.collect(s, m.dryRun, metrics)
	}
}

// decided takes a plan, with the weights that were written or, in a dry run,
// would have been.
func (m *Metrics) decided(plan Plan, dryRun bool) {
	for _, s := range plan.Services {
		m.decisions.WithLabelValues(s.Service.String(), string(s.Action), string(s.Code)).Inc()
	}
	m.show(plan.Services, dryRun)
}

// show replaces the services whose servers are shown, and drops the counters
// of those that have vanished.
func (m *Metrics) show(services []ServicePlan, dryRun bool) {
	here := make(map[ipvs.ServiceID]bool)
	for _, s := range services {
		here[s.Service] = true
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, s := range m.last {
		if !here[s.Service] {
			m.decisions.DeletePartialMatch(prometheus.Labels{"service": s.Service.String()})
		}
	}
	m.last, m.dryRun = services, dryRun
}

// expectSources shows the sources in use with no errors yet.
func (m *Metrics) expectSources(c Config) {
	for _, s := range c.Services {
		m.sourceErrors.WithLabelValues(s.Source)
	}
}

// tableFailed counts a table that could not be read, on which every source in
// use depends, and shows no server.
func (m *Metrics) tableFailed(c Config) {
	counted := make(map[string]bool)
	for _, s := range c.Services {
		if !counted[s.Source] {
			m.sourceFailed(s.Source)
			counted[s.Source] = true
		}
	}
	m.show(nil, false)
}

func (m *Metrics) sourceFailed(source string) { m.sourceErrors.WithLabelValues(source).Inc() }

func (m *Metrics) wrote() { m.writes.Inc() }

func (m *Metrics) writeFailed() { m.writeErrors.Inc() }

func (m *Metrics) cycleTook(d time.Duration) { m.cycles.Observe(d.Seconds()) }

func (m *Metrics) succeeded(now time.Time) {
	m.lastSuccess.Set(float64(now.UnixNano()) / float64(time.Second))
}
