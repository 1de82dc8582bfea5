package sim

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// meter counts what becomes of each server's requests, and keeps its readings
// of these counters as long as they can be asked for.
type meter struct {
	Meter
	seen     stream      // which requests are counted
	faults   stream      // which readings fail, and which latencies are wrong
	counters []counters  // by server
	readings [][]reading // in turn, and by server
	taken    int         // readings
}

// counters only grow.
type counters struct {
	answers, errors uint64
	sum             time.Duration // of the answers' latencies
	good            time.Duration // of those without an error
}

type reading struct {
	counters
	ok bool
}

func newMeter(m Meter, seed uint64, servers int) *meter {
	if m.Sampled == 0 {
		m.Sampled = 1
	}
	r := &meter{Meter: m, seen: newStream(seed, "meter"), faults: newStream(seed, "meter's faults"),
		counters: make([]counters, servers)}
	r.readings = make([][]reading, (m.Window+m.Lag)/m.Every+2)
	for i := range r.readings {
		r.readings[i] = make([]reading, servers)
	}
	return r
}

// source names the tuner's source of errors that the meter is; "" is of all that
// it tells.
func (m *Meter) source() string {
	if m != nil && m.ErrorsOnly {
		return "meter"
	}
	return ""
}

// answered, failed, served and refused tell of a request's end: the first two
// as its client sees it, the others as its server does.
func (m *meter) answered(server int, d time.Duration) { m.count(!m.apart(), server, d, true) }
func (m *meter) failed(server int, d time.Duration)   { m.count(!m.apart(), server, d, false) }
func (m *meter) served(server int, d time.Duration)   { m.count(m.apart(), server, d, true) }
func (m *meter) refused(server int, d time.Duration)  { m.count(m.apart(), server, d, false) }

// apart reports whether the clients' view is not the meter's.
func (m *meter) apart() bool { return m.AtServers || m.Passive }

func (m *meter) count(here bool, server int, d time.Duration, good bool) {
	if !here || !m.seen.chance(m.Sampled) {
		return
	}
	c := &m.counters[server]
	c.answers++
	c.sum += d
	if good {
		c.good += d
	} else {
		c.errors++
	}
}

// read reads all counters.
func (m *meter) read(servers []realServer) {
	row := m.readings[m.taken%len(m.readings)]
	for i := range servers {
		ok := !m.faults.chance(m.Missing)
		if s := &servers[i]; m.AtServers && (s.down || s.hangs) {
			ok = false
		}
		row[i] = reading{m.counters[i], ok}
	}
	m.taken++
}

// observations returns what can be asked for now: of each listed server the
// growth of its counters in the newest window.
func (m *meter) observations(now time.Duration, service ipvs.ServiceID, servers []realServer) []tuner.Observation {
	if now < m.Lag+m.Window {
		return nil
	}
	end := int((now - m.Lag) / m.Every)
	begin := end - int(m.Window/m.Every)
	var observations []tuner.Observation
	for i := range servers {
		from, to := m.readings[begin%len(m.readings)][i], m.readings[end%len(m.readings)][i]
		if !servers[i].listed || !from.ok || !to.ok {
			continue
		}
		o := tuner.Observation{Source: m.source(), Service: service, Server: servers[i].ID, Time: epoch(time.Duration(end) * m.Every)}
		m.fill(&o, from.counters, to.counters)
		observations = append(observations, o)
	}
	return observations
}

// failing returns observations of the listed servers that failed all of their
// requests between the two newest readings, where those are a second apart at
// most.
func (m *meter) failing(now time.Duration, service ipvs.ServiceID, servers []realServer) []tuner.Observation {
	end := int((now - m.Lag) / m.Every)
	if m.Passive || m.Every > tuner.LookInterval || now < m.Lag+m.Every {
		return nil
	}
	var observations []tuner.Observation
	for i := range servers {
		from, to := m.readings[(end-1)%len(m.readings)][i], m.readings[end%len(m.readings)][i]
		answers, errors := to.answers-from.answers, to.errors-from.errors
		if !servers[i].listed || !from.ok || !to.ok || answers == 0 || errors < answers {
			continue
		}
		window := m.Every.Seconds()
		rate, ratio := float64(answers)/m.Sampled/window, 1.0
		observations = append(observations, tuner.Observation{Source: m.source(), Service: service, Server: servers[i].ID, Time: epoch(time.Duration(end) * m.Every),
			WindowSeconds: &window, RequestsPerSecond: &rate, ErrorRatio: &ratio})
	}
	return observations
}

// fill sets the measurements of a window.
func (m *meter) fill(o *tuner.Observation, from, to counters) {
	window := m.Window.Seconds()
	answers, errors := float64(to.answers-from.answers), float64(to.errors-from.errors)
	rate := answers / m.Sampled / window
	o.WindowSeconds, o.RequestsPerSecond = &window, &rate
	if answers == 0 {
		return
	}
	wrong := 1.0
	if m.faults.chance(m.Outliers) {
		wrong = m.OutlierFactor
	}
	latency, ratio := float64((to.sum-from.sum).Seconds()*wrong)/answers, errors/answers
	o.LatencySeconds = &latency
	if m.Passive {
		return
	}
	o.ErrorRatio = &ratio
	if m.Successes && errors < answers {
		success := float64((to.good-from.good).Seconds()*wrong) / (answers - errors)
		o.SuccessLatencySeconds = &success
	}
}
