package tuner

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// decided takes the turns, whose plans say what was written or, in a dry run,
// would have been. Counters of services that have vanished are dropped, but for
// those of namespaces that could not be read.
func (m *Metrics) decided(turns []turn, dryRun bool) {
	listed, failed := make(map[[2]string]bool), make(map[string]bool)
	for _, t := range turns {
		failed[t.name()] = t.failed
		for _, s := range t.plan.Services {
			m.decision(t.name(), s)
			listed[[2]string{t.name(), s.Service.String()}] = true
		}
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for at := range m.listed {
		switch {
		case failed[at[0]]:
			listed[at] = true
		case !listed[at]:
			gone := prometheus.Labels{"netns": at[0], "service": at[1]}
			m.decisions.DeletePartialMatch(gone)
			m.conflicts.Delete(gone)
		}
	}
	m.listed, m.last, m.dryRun = listed, turns, dryRun
}

// decidedEarly takes a decision on some services of a turn; all are those that
// hold from now on.
func (m *Metrics) decidedEarly(early turn, all []turn) {
	for _, s := range early.plan.Services {
		m.decision(early.name(), s)
	}
	m.show(all)
}

// decision counts one on a virtual service.
func (m *Metrics) decision(netns string, s ServicePlan) {
	m.decisions.WithLabelValues(netns, s.Service.String(), string(s.Action), string(s.Code)).Inc()
	if conflicts := m.conflicts.WithLabelValues(netns, s.Service.String()); s.conflict {
		conflicts.Inc()
	}
}

// expectSources shows the sources in use with no errors yet.
func (m *Metrics) expectSources(c Config) {
	for _, name := range c.SourcesInUse() {
		m.sourceErrors.WithLabelValues(name)
	}
}

// tableFailed counts a table that could not be read, on which the sources of
// the director's counters depend; the configuration is of its services.
func (m *Metrics) tableFailed(c Config) {
	for _, name := range c.SourcesInUse() {
		if c.Sources[name].Type == Connections {
			m.sourceFailed(name)
		}
	}
}

func (m *Metrics) sourceFailed(source string) { m.sourceErrors.WithLabelValues(source).Inc() }

// count counts what a write came to.
func (m *Metrics) count(written bool, err error) {
	switch {
	case err != nil:
		m.writeErrors.Inc()
	case written:
		m.writes.Inc()
	}
}

func (m *Metrics) cycleTook(d time.Duration) { m.cycles.Observe(d.Seconds()) }

func (m *Metrics) succeeded(now time.Time) {
	m.lastSuccess.Set(float64(now.UnixNano()) / float64(time.Second))
}
