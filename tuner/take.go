package tuner

import "cmp"

// take returns what an observation of latency tells, or why it is ignored.
// counted is the rate by the director's counters, 0 where it is not known; last
// is the end of the one taken last, and is brought up to date.
func (o *Observation) take(counted float64, last *stamp, at moment) (m measurement, problem string) {
	if o.check() != nil {
		return m, "makes no sense"
	}
	m, ok := o.measurement(counted, at.interval)
	switch {
	case o.latency() == nil && !m.idle() && !m.failing:
		return m, "has no latency"
	case !ok:
		return measurement{}, "makes no sense"
	}
	if problem = taken(o, last, at); problem != "" {
		return measurement{}, problem
	}
	m.age = o.age(*last, at)
	return m, ""
}

// takeErrors takes the errors that another source tells into a measurement,
// which may be none. It returns why they are ignored.
func (s *serverState) takeErrors(o *Observation, m *measurement, at moment) (problem string) {
	m.failing = s.Failing // until something else is told
	if o.ErrorRatio == nil {
		return ""
	}
	if o.check() != nil {
		return "makes no sense"
	}
	if problem = taken(o, &s.ErrorsAt, at); problem != "" {
		return problem
	}
	errors := o.counted(m.requestsPerSecond, at.interval)
	m.errors = *o.ErrorRatio
	m.failing = fails(m.errors, errors.requests)
	if m.errors <= mostErrors/2 {
		s.Failing = false // even if it gets too few requests to be measured
	}
	if m.failing && m.idle() {
		m.requestsPerSecond = errors.requestsPerSecond
	}
	return ""
}

// age returns how many seconds ago the window began that an observation is of.
func (o *Observation) age(end stamp, at moment) float64 {
	seconds := at.interval.Seconds()
	if o.WindowSeconds != nil {
		seconds = *o.WindowSeconds
	}
	return at.now.sub(end).Seconds() + seconds
}

// taken reports why an observation cannot be taken now, "" if it can. last is
// the end of the one taken last, which counts for nothing if it is in the
// future itself: the clock went back.
func taken(o *Observation, last *stamp, at moment) string {
	end := cmp.Or(stampOf(o.Time), at.now)
	switch {
	case end > at.now.add(at.interval):
		return "is from the future"
	case end < at.now.add(-at.staleness):
		return "is too old"
	case end <= *last && *last <= at.now.add(at.interval):
		return "was used before"
	}
	*last = end
	return ""
}
