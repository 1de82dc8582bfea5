package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// Sample takes in what the director shows of a virtual service between two
// steps: the more samples, the less noise. Servers that are quiescent or gone
// are forgotten.
func (s *State) Sample(id ipvs.ServiceID, servers []ipvs.RealServer, interval time.Duration, now time.Time) {
	if s.Services == nil {
		s.Services = make(map[ipvs.ServiceID]serviceState)
	}
	s.Services[id] = s.Services[id].sample(servers, interval, instant(now))
}

// sample returns the state with one more sample of each available server.
func (s serviceState) sample(servers []ipvs.RealServer, interval time.Duration, now time.Time) serviceState {
	next := s
	next.Servers = make(map[ipvs.ServerID]serverState, len(servers))
	weights := 0.0
	for i := range servers {
		weights += float64(servers[i].Weight)
	}
	for _, server := range servers {
		if server.Weight > 0 {
			known, there := s.Servers[server.ID]
			known.Joined = known.Joined || !there && len(s.Servers) > 0
			before := known.Window
			known.Window = known.Window.add(now, server, longestGap*interval)
			known.Pile = known.Pile.add(before, known.Window, s.expected(float64(server.Weight)/weights, known))
			known.Out.Since = time.Time{} // by somebody else, if it was out
			next.Servers[server.ID] = known
		} else if known := s.Servers[server.ID]; known.Out.out() {
			next.Servers[server.ID] = known
		}
	}
	return next
}

// observe takes the servers' measurements into the state and the servers. It
// returns why observations were ignored.
func (f *fleet) observe(s *serviceState, given given) []string {
	ignored := given.strangers(*s)
	s.noteHanging(f.at)
	states := make([]serverState, len(f.servers))
	for i := range f.servers {
		v := &f.servers[i]
		states[i] = s.Servers[v.ID]
		if !f.at.early || states[i].Glance.Time.IsZero() {
			v.counted = states[i].Glance.next(f.at.now, v.RealServer)
		}
	}
	f.demand = s.Demand.after(f.servers)
	var open openness
	learner := learner{curves: f.curves, flows: f.flows(weightsOf(f.servers)), demand: f.demand, noise: s.noise(), periods: f.at.periods}
	for i := range f.servers {
		v, known := &f.servers[i], &states[i]
		m, ok, problems := known.look(v, given, f.at)
		for _, problem := range problems {
			ignored = append(ignored, v.ID.String()+" "+problem)
		}
		open.add(m, ok, v)
		learner.learn(i, known, v, m, ok)
	}
	f.demand = f.demand.seen(open)
	s.Demand, s.Noise = f.demand, noiseAfter(s.noise(), learner.surprises)
	for i := range f.servers {
		s.Servers[f.servers[i].ID] = states[i]
	}
	return ignored
}

// look takes a server's measurement into what is known of its latency. It
// returns it, whether there is any, and why observations were ignored.
func (s *serverState) look(v *server, given given, at moment) (m measurement, ok bool, problems []string) {
	v.source, v.errors = given.latencies.source, given.errors.source
	s.from(v.source)
	m, ok, problems = s.measure(v.ID, given, at)
	s.Estimate = s.Estimate.predict(at.periods, shift(s.Share, v.share))
	s.Share = v.share
	if ok {
		m = s.judge(m, v.ActiveConnections)
	}
	v.hangs = !s.Hangs.IsZero()
	m.failing = m.failing || v.hangs
	v.failing, v.joined = s.Failing || v.hangs, s.Joined
	switch {
	case ok:
		s.learn(m, v)
	case at.early && !v.failing:
		s.recall(v)
	}
	return m, ok, problems
}

// from forgets the latency if it is another source's: only latencies of one
// source compare.
func (s *serverState) from(source string) {
	if s.Source != source {
		s.Estimate, s.Belief, s.Source = estimate{}, capacity.Belief{}, source
	}
}

// measure returns what was measured of a server, whether anything was, and why
// observations were ignored.
func (s *serverState) measure(id ipvs.ServerID, given given, at moment) (m measurement, ok bool, problems []string) {
	seconds := s.Window.Seconds
	m, s.Window, ok = s.Window.read(at.interval)
	m.since = at.now.Add(-time.Duration(seconds * float64(time.Second)))
	if !given.counters {
		var o Observation
		counted := m.requestsPerSecond
		m = measurement{}
		if o, ok = given.latencies.of[id]; ok {
			var problem string
			m, problem = s.take(o, counted, at)
			ok = problem == ""
			problems = append(problems, problem)
		}
	}
	if o, there := given.errors.of[id]; there {
		problems = append(problems, s.takeErrors(o, &m, at))
		ok = ok || m.failing
	}
	return m, ok, slices.DeleteFunc(problems, func(p string) bool { return p == "" })
}

// noteHanging notes which servers hang from now on, and which do not after all.
// What is measured of the former begins anew, so that what they did before does
// not speak for them.
func (s *serviceState) noteHanging(at moment) {
	ending := s.ending()
	for _, id := range s.hanging() {
		known := s.Servers[id]
		known.Hangs, known.Pile, known.Window = at.now, pile{}, known.Window.next()
		s.Servers[id] = known
	}
	for id, known := range s.Servers {
		if slices.Contains(ending, id) {
			known.Hangs, known.Ends = time.Time{}, true
			s.Servers[id] = known
		} else if !at.early && known.Ends {
			known.Ends = false
			s.Servers[id] = known
		}
	}
}

// swamped reports whether requests fail because they wait, so many being
// active: what the server bears says more of it then.
func (s *serverState) swamped(took float64, active uint32) bool {
	switch {
	case active < presentAtLeast:
		return false
	case !s.Belief.Known():
		return took > longAnswer
	}
	return took > float64(longWait*s.Belief.Unloaded())
}

// judge notes whether a server fails, or still hangs, until it is seen not to,
// and returns the measurement that is to be believed.
func (s *serverState) judge(m measurement, active uint32) measurement {
	if m.idle() {
		return m
	}
	s.Failing = m.failing || s.Failing && m.errors > mostErrors/2
	switch hangs := !s.Hangs.IsZero(); {
	case hangs && (s.Failing || m.since.After(s.Hangs)):
		s.Hangs = time.Time{}
	case s.Failing && s.swamped(m.took, active):
		s.Failing, m.latency = false, m.took
	}
	m.failing = s.Failing
	return m
}

// learn takes a measurement into the estimate and the view of the server.
func (s *serverState) learn(m measurement, v *server) {
	v.idle, v.latency, v.pace, v.perSecond = m.idle(), m.latency, s.Pace, m.requestsPerSecond
	if m.idle() || m.failing || m.latency == 0 {
		return
	}
	s.Estimate = s.Estimate.update(exact.Log(m.latency), m.variance)
	v.measured = true
	v.latency, v.variance = exact.Exp(s.Estimate.LogLatency), s.Estimate.Variance
}

// recall has the view of a server that was not measured since go by what is
// known.
func (s *serverState) recall(v *server) {
	if v.pace = s.Pace; s.Estimate.Variance > 0 {
		v.measured, v.latency, v.variance = true, exact.Exp(s.Estimate.LogLatency), s.Estimate.Variance
	}
}

// keepPace takes the servers' pace into the state.
func (s serviceState) keepPace(servers []server) {
	for _, v := range servers {
		if v.measured {
			known := s.Servers[v.ID]
			known.Pace = v.pace
			s.Servers[v.ID] = known
		}
	}
}

// shift returns the logarithm of the factor between two shares; 0 where the
// earlier one is not known.
func shift(before, after float64) float64 {
	if before == 0 {
		return 0
	}
	return exact.Log(after / before)
}
