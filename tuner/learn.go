package tuner

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

const (
	// presentAtLeast is how many connections must be active for the director's
	// own counters to tell of a server beside another source: with fewer, two
	// glances at their number say too little.
	presentAtLeast = 10
	// glances is the variance of the logarithm of a mean number of connections
	// that only two glances were had at.
	glances = 2.0
)

// learner takes what a step saw of the servers of a virtual service into what
// is believed of them.
type learner struct {
	curves    *capacity.Curves
	flows     []capacity.Flow // by server
	demand    demand
	noise     float64 // by which readings scatter more than their counts explain
	surprises []float64
}

// learn takes in a measurement, where there is one, and what the director
// counted since the step before.
func (l *learner) learn(i int, known *serverState, v *server, m measurement, measured bool, periods float64) {
	known.Belief = known.Belief.Age(periods)
	if measured && m.telling() {
		var surprise float64
		known.Belief, surprise = l.curves.Take(known.Belief, capacity.Reading{
			PerSecond: m.done(),
			Present:   float64(m.requestsPerSecond * m.latency),
			Done:      1 / (m.variance * l.noise),
			Flow:      l.flows[i],
		})
		if surprise >= 0 {
			l.surprises = append(l.surprises, surprise)
		}
	}
	if !m.failing && !m.counters {
		l.count(i, known, v.counted)
	}
	if known.Belief.Known() {
		known.Joined, v.joined = false, false
	}
	v.belief = known.Belief
}

// count takes in what the director counted, if connections are requests: it is
// older than no meter's, and tells the capacity of a server that is saturated.
func (l *learner) count(i int, known *serverState, c counted) {
	present := c.present - float64(c.perSecond*l.demand.Idle)
	if !c.known || !l.demand.plain() || present < presentAtLeast {
		return
	}
	known.Belief, _ = l.curves.Take(known.Belief, capacity.Reading{
		PerSecond: max(0.5, c.done) / c.seconds,
		Present:   present,
		Done:      max(1, c.done),
		Blur:      glances,
		Flow:      l.flows[i],
		Surely:    true,
	})
}

// counted is what the director counted of a server between two steps.
type counted struct {
	known     bool
	seconds   float64
	perSecond float64 // connections that came
	done      float64 // connections that ended
	present   float64 // active ones, on average
}

// telling reports whether a measurement tells of a capacity.
func (m *measurement) telling() bool {
	return !m.idle() && !m.failing && m.latency > 0 && m.variance < 100
}

// done returns the requests that were done per second, without failed ones.
func (m *measurement) done() float64 {
	if m.counters {
		return m.donePerSecond
	}
	return float64(m.requestsPerSecond * (1 - m.errors))
}

// judge notes whether a server fails, until it is seen not to.
func (s *serverState) judge(m measurement, measured bool) {
	if measured && !m.idle() {
		s.Failing = m.failing || s.Failing && m.errors > mostErrors/2
	}
}

// noiseAfter returns the noise after a step's readings: that at which the
// median of their squared deviations, over what was expected, is that of a
// normal distribution.
func noiseAfter(noise float64, surprises []float64) float64 {
	const median = 0.455
	if len(surprises) < 2 {
		return noise
	}
	slices.Sort(surprises)
	n := len(surprises)
	m := (surprises[(n-1)/2] + surprises[n/2]) / 2
	step := min(max(m/median, 0.25), 4)
	return min(max(noise*exact.Exp(0.15*exact.Log(step)), 1), 100)
}
