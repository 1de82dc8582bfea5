package tuner

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// resting is what is kept of a server of a service that rests: what the last
// decision told, and what a meter has measured since, to be learned in one go.
type resting struct {
	PerSecond float32 // requests that it is to get
	Capacity  float32 // those that it bears
	Deviation float32 // the standard one of its logarithm

	Requests float32       // 0 is nothing gathered
	Waited   float32       // seconds, of all requests together
	Seconds  float32       // in which they were seen
	Later    time.Duration // by which the newest was seen after the last one that was learned
}

// foreseen reports whether the connections, counted of all servers up to now,
// are those that were reckoned with, to what chance does and a little more.
func (s *serviceState) foreseen(connections uint64, at moment) bool {
	seconds := at.now.sub(s.Time).Seconds()
	came, expected := float64(connections-s.Rest.Connections), float64(s.Demand.PerSecond*seconds)
	chance := expected + float64(s.Demand.PerSecond*s.Demand.PerSecond*lateness(seconds))
	return math.Abs(came-expected) <= float64(otherDemand*expected)+float64(unusual*math.Sqrt(chance))
}

// gather takes in what was measured of the available servers, which are those
// of the state. It returns nil where something is unusual. The director's own
// windows stay open meanwhile.
func (s *serviceState) gather(given *given, at moment) []resting {
	gathered, noise := make([]resting, len(s.Servers)), s.noise()
	for i := range s.Servers {
		known, r := &s.Servers[i], &gathered[i]
		*r = s.Rest.Servers[i]
		if o := given.errors.find(known.ID); o != nil && !o.wellEnough() || known.Source != given.latencies.source {
			return nil
		}
		m, ok := r.look(known, given, at)
		if !ok || m.telling() && r.unlike(m, known.Estimate.predict(at.periods, 0), noise) {
			return nil
		}
		if !given.counters {
			*r = r.join(m)
		}
	}
	return gathered
}

// look returns what was measured of a server, and whether that is anything that
// a server tells which is well.
func (r *resting) look(known *serverState, given *given, at moment) (m measurement, ok bool) {
	if given.counters {
		m, _ = known.Window.measure()
		return m, true
	}
	o := given.latencies.find(known.ID)
	if o == nil {
		return m, false
	}
	last := known.ObservedAt.add(r.Later)
	m, problem := o.take(float64(r.PerSecond), &last, at)
	r.Later = last.sub(known.ObservedAt)
	return m, problem == "" && o.wellEnough() && m.telling()
}

// wellEnough reports whether an observation tells of hardly any errors.
func (o *Observation) wellEnough() bool { return o.ErrorRatio == nil || *o.ErrorRatio <= oddErrors }

// unlike reports whether a measurement is not what is expected. The latency of a
// busy server scatters by more than the number of its requests explains, as
// [capacity.Curves.Take] has it, and so did those that the expected one is of.
func (r *resting) unlike(m measurement, expected estimate, noise float64) bool {
	busy := min(float64(r.PerSecond/r.Capacity), mostBusy)
	scatter := expected.Variance + float64(m.variance*noise)
	if !m.counters {
		scatter *= (1 + float64(3*busy)) / float64((1-busy)*(1-busy))
	}
	off := exact.Log(m.latency) - expected.LogLatency
	return float64(off*off) > float64(unusual*unusual*scatter)
}

// join returns what is gathered with one more measurement of a meter.
func (r resting) join(m measurement) resting {
	requests := 1 / m.variance
	r.Requests += float32(requests)
	r.Waited += float32(requests * m.latency)
	r.Seconds += float32(requests / m.requestsPerSecond)
	return r
}

// joined returns a measurement, if there is one, with what was gathered before
// it; without, where the server is not as it was then.
func (s *serverState) joined(r *resting, m measurement, ok bool, noise float64, at moment) (measurement, bool) {
	switch {
	case r == nil || r.Requests == 0 || s.Estimate.Variance == 0:
		return m, ok
	case !ok:
		m = measurement{age: at.now.sub(s.ObservedAt).Seconds()}
		return r.tell(m, r), true
	case !m.telling() || m.counters || r.unlike(m, s.Estimate, noise):
		return m, true
	}
	all := r.join(m)
	return r.tell(m, &all), true
}

// tell returns the newest measurement with what all of them together tell that
// began with what was gathered.
func (r *resting) tell(m measurement, all *resting) measurement {
	n := float64(all.Requests)
	m.requestsPerSecond, m.latency, m.variance = n/float64(all.Seconds), float64(all.Waited)/n, 1/n
	m.took, m.age = m.latency, m.age+float64(r.Seconds)
	return m
}
