package tuner

import (
	"errors"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// lookAround looks again at what the conditions of services are judged by: what
// has come to be on standby since the last decision gets no thresholds either.
func (l *Loop) lookAround() {
	l.turns = slices.Clone(l.turns) // the last ones are shown elsewhere
	for i := range l.turns {
		t := &l.turns[i]
		if t.config = t.lookAround(t.config); t.config.here.looked {
			l.noteAddresses(*t)
		}
	}
	l.Metrics.show(l.turns)
}

func (l *Loop) noteAddresses(t turn) {
	l.alarms.note(task{what: "read the addresses", netns: t.name()}, t.config.here.unread)
}

// standby returns why a virtual service is not to be written to by what is the
// case now, as an error, nil where it may be.
func (c Config) standby(id ipvs.ServiceID) error {
	if !c.here.looked && c.here.lost == nil {
		return nil
	}
	if s, _ := c.service(id); s.standby != "" {
		return errors.New(s.standby)
	}
	return nil
}

// of returns the configuration of the services in a network namespace, as they
// were when it was last read.
func (l *Loop) of(n Netns) Config {
	for _, t := range l.turns {
		if t.File == n.File {
			return n.lookAround(t.config)
		}
	}
	return n.lookAround(l.Config.In(n.File))
}

// collectLeader tells of each service of a turn whether it may be written to.
func collectLeader(t *turn, desc *prometheus.Desc, metrics chan<- prometheus.Metric) {
	for i := range t.plan.Services {
		id, leads := t.plan.Services[i].Service, 1.0
		if t.config.standby(id) != nil {
			leads = 0
		}
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, leads, t.name(), id.String())
	}
}

// show shows turns whose services may be written to otherwise than before.
func (m *Metrics) show(turns []turn) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.last = turns
}
