package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"

const (
	// presentAtLeast is how many connections must be active for the director's
	// own counters to tell of a server beside another source: with fewer, two
	// glances at their number say too little.
	presentAtLeast = 10
	// glances is the variance of the logarithm of a mean number of connections
	// that only two glances were had at, where they wait.
	glances = 2.0
	// turns is how many steps it takes until all of many servers were looked at
	// in full.
	turns = 4
)

// learner takes what a step saw of the servers of a virtual service into what
// is believed of them.
type learner struct {
	curves  *capacity.Curves
	flows   []capacity.Flow // by server
	demand  demand
	noise   float64 // by which readings scatter more than their counts explain
	periods float64
	turn    int // which servers are looked at in full

	surprises []float64 // how far readings were off, squared, over what was expected
}

// learn takes in a measurement, where there is one, and what the director
// counted since the step before.
func (l *learner) learn(i int, known *serverState, v *server, m measurement, measured bool) {
	known.Belief = known.Belief.Age(l.periods)
	if measured && m.telling() {
		var surprise float64
		r := l.reading(m, l.flows[i], l.brief(i))
		r.Kept = known.Limit.Pressed()
		known.Belief, surprise = l.curves.Take(known.Belief, r)
		if surprise >= 0 {
			l.surprises = append(l.surprises, surprise)
		}
	}
	if !m.failing && !m.counters {
		l.count(i, known, v)
	}
	if known.Belief.Known() {
		known.Joined, v.joined = false, false
	}
	v.belief = known.Belief
}

// brief reports whether a server is one of many and it is not its turn to be
// looked at in full. Turns change from one period to the next, and from one to
// that after a rest, a long one too.
func (l *learner) brief(i int) bool {
	return len(l.flows) >= many && (i+l.turn+l.turn/rests+l.turn/(2*rests))%turns != 0
}

// reading returns what a measurement tells of a capacity. The director's counters
// tell the rate far better than how many requests were present.
func (l *learner) reading(m measurement, flow capacity.Flow, brief bool) capacity.Reading {
	r := capacity.Reading{
		PerSecond: max(m.done(), 0.5*m.requestsPerSecond*m.variance),
		Present:   float64(m.requestsPerSecond * m.took),
		Done:      1 / float64(m.variance*l.noise),
		Flow:      flow,
		Brief:     brief,
	}
	if m.counters {
		r.PerSecond, r.Done, r.Blur = m.done(), 1/float64(m.rateVariance*l.noise), float64(m.variance*l.noise)
	}
	return r
}

// count takes in what the director counted, if connections are requests: it is
// older than no meter's, and tells the capacity of a server that is saturated.
func (l *learner) count(i int, known *serverState, v *server) {
	c := &v.counted
	present := c.present - float64(c.perSecond*l.demand.Idle)
	if !c.known || !l.demand.plain() || present < presentAtLeast {
		return
	}
	done := max(1, c.done)
	if known.givenUp(done/c.seconds, present, v.ActiveConnections) {
		return
	}
	late := float64(c.perSecond * c.perSecond * c.lateness)
	known.Belief, _ = l.curves.Take(known.Belief, capacity.Reading{
		PerSecond: max(0.5, c.done) / c.seconds,
		Present:   present,
		Done:      float64(done*done) / (done + late),
		Blur:      glances,
		Calm:      c.calm(present),
		Flow:      l.flows[i],
		Surely:    true,
		Kept:      known.Limit.Pressed(),
		Brief:     l.brief(i),
	})
}

// givenUp reports whether clients have given up, where requests wait for long:
// more connections ended per second than the server can have done requests of.
func (s *serverState) givenUp(perSecond, present float64, active uint32) bool {
	if !s.Belief.Known() || !s.swamped(present/perSecond, active) {
		return false
	}
	bears, _ := s.Belief.Capacity()
	return perSecond > bears
}

// telling reports whether a measurement tells of a capacity.
func (m *measurement) telling() bool {
	return !m.idle() && !m.failing && m.took > 0 && m.variance < 100
}

// done returns the requests that were done per second, without failed ones.
func (m *measurement) done() float64 {
	if m.counters {
		return m.donePerSecond
	}
	return float64(m.requestsPerSecond * (1 - m.errors))
}
