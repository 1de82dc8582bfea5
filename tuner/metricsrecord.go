package tuner

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// decided takes a plan, with the weights that were written or, in a dry run,
// would have been. Counters of services that have vanished are dropped.
func (m *Metrics) decided(plan Plan, dryRun bool) {
	listed := make(map[ipvs.ServiceID]bool)
	for _, s := range plan.Services {
		m.decisions.WithLabelValues(s.Service.String(), string(s.Action), string(s.Code)).Inc()
		listed[s.Service] = true
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for id := range m.listed {
		if !listed[id] {
			m.decisions.DeletePartialMatch(prometheus.Labels{"service": id.String()})
		}
	}
	m.listed, m.last, m.dryRun = listed, plan.Services, dryRun
}

// expectSources shows the sources in use with no errors yet.
func (m *Metrics) expectSources(c Config) {
	for _, name := range c.SourcesInUse() {
		m.sourceErrors.WithLabelValues(name)
	}
}

// tableFailed counts a table that could not be read, on which the sources of
// the director's counters depend, and shows no server.
func (m *Metrics) tableFailed(c Config) {
	for _, name := range c.SourcesInUse() {
		if c.Sources[name].Type == Connections {
			m.sourceFailed(name)
		}
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.last = nil
}

func (m *Metrics) sourceFailed(source string) { m.sourceErrors.WithLabelValues(source).Inc() }

func (m *Metrics) wrote() { m.writes.Inc() }

func (m *Metrics) writeFailed() { m.writeErrors.Inc() }

func (m *Metrics) cycleTook(d time.Duration) { m.cycles.Observe(d.Seconds()) }

func (m *Metrics) succeeded(now time.Time) {
	m.lastSuccess.Set(float64(now.UnixNano()) / float64(time.Second))
}
