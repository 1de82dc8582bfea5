package tuner

import (
	"cmp"
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
	known := s.Services[id].sample(servers, interval, stampOf(now))
	known.round()
	s.Services[id] = known
}

// sample returns the state with one more sample of each available server.
func (s serviceState) sample(servers []ipvs.RealServer, interval time.Duration, now stamp) serviceState {
	servers = byIdentity(servers, new([]ipvs.RealServer))
	next, weights := s.among(servers), 0.0
	for i := range servers {
		weights += float64(servers[i].Weight)
	}
	place := 0
	for i := range servers {
		if server := &servers[i]; server.Weight > 0 {
			known := &next.Servers[place]
			window := known.Window
			known.Window = window.add(now, server, longestGap*interval)
			known.Pile = known.Pile.add(&window, &known.Window, s.expected(float64(server.Weight)/weights, known))
			place++
		}
	}
	return next
}

// among returns a copy of the state that has the available ones of servers, and
// those that are out.
func (s serviceState) among(servers []ipvs.RealServer) serviceState {
	next, known, out := s, s.Servers, s.Out
	if len(out) == 0 && s.of(servers) {
		next.Servers = slices.Clone(s.Servers) // at once, which is faster
		return next
	}
	next.Servers, next.Out, next.Rest = make([]serverState, 0, len(servers)), nil, rest{}
	for i := range servers {
		id := servers[i].ID
		before := cmp.Or(find(&known, id), find(&out, id))
		switch {
		case servers[i].Weight == 0 && before != nil && before.Outage.out():
			next.Out = append(next.Out, *before)
		case servers[i].Weight == 0:
		case before == nil:
			next.Servers = append(next.Servers, serverState{ID: id, Joined: len(s.Servers) > 0})
		default:
			next.Servers = append(next.Servers, *before)
			next.Servers[len(next.Servers)-1].Outage.Since = 0 // by somebody else, if it was out
		}
	}
	return next
}

// of reports whether the state has just these servers, all available.
func (s *serviceState) of(servers []ipvs.RealServer) bool {
	if len(s.Servers) != len(servers) {
		return false
	}
	for i := range servers {
		known := &s.Servers[i]
		if known.ID != servers[i].ID || servers[i].Weight == 0 || known.Outage.out() {
			return false
		}
	}
	return true
}

// find returns what is known of a server, nil where nothing is, and passes over
// those before it: servers are asked for in order.
func find(known *[]serverState, id ipvs.ServerID) *serverState {
	for ; len(*known) > 0; *known = (*known)[1:] {
		switch first := &(*known)[0]; {
		case first.ID == id:
			return first
		case first.ID.Compare(id) > 0:
			return nil
		}
	}
	return nil
}

// byIdentity returns the servers in order: themselves, or else copies in the
// buffer's place.
func byIdentity(servers []ipvs.RealServer, buffer *[]ipvs.RealServer) []ipvs.RealServer {
	if inOrder(servers) {
		return servers
	}
	*buffer = append((*buffer)[:0], servers...)
	slices.SortFunc(*buffer, func(a, b ipvs.RealServer) int { return a.ID.Compare(b.ID) })
	return *buffer
}

func inOrder(servers []ipvs.RealServer) bool {
	for i := 1; i < len(servers); i++ {
		if servers[i-1].ID.Compare(servers[i].ID) > 0 {
			return false
		}
	}
	return true
}

// observe takes the servers' measurements into the state, which has the same
// servers, and into these. It returns why observations were ignored.
func (f *fleet) observe(s *serviceState, given *given) []string {
	ignored := given.strangers(s)
	s.noteHanging(f.at)
	for i := range f.servers {
		v, known := &f.servers[i], &s.Servers[i]
		if !f.at.early || known.Glance.Time.IsZero() {
			v.counted = known.Glance.next(f.at.now, v.RealServer)
		}
	}
	f.demand = s.Demand.after(f.servers)
	var open openness
	learner := learner{curves: f.curves, flows: f.flowsNow(), demand: f.demand, noise: s.noise(), periods: f.at.periods, turn: f.at.turn(), surprises: f.surprises[:0]}
	for i := range f.servers {
		v, known := &f.servers[i], &s.Servers[i]
		v.gathered, v.sessions = s.Rest.server(i), !s.Lasting.IsZero() && given.counters
		m, ok, problems := known.look(v, given, learner.noise, f.at)
		for _, problem := range problems {
			ignored = append(ignored, v.ID.String()+" "+problem)
		}
		open.add(m, ok, v)
		learner.learn(i, known, v, m, ok)
	}
	f.demand, f.surprises = f.demand.seen(open), learner.surprises
	if !f.at.early {
		s.noteComing(f)
	}
	s.Demand, s.Noise = f.demand, noiseAfter(s.noise(), learner.surprises)
	return ignored
}

// look takes a server's measurement into what is known of its latency. It
// returns it, whether there is any, and why observations were ignored.
func (s *serverState) look(v *server, given *given, noise float64, at moment) (m measurement, ok bool, problems []string) {
	v.source, v.errors, v.counters = given.latencies.source, given.errors.source, given.counters
	s.from(v.source)
	v.again = s.Belief.Known()
	if v.gathered != nil {
		s.ObservedAt = s.ObservedAt.add(v.gathered.Later)
	}
	m, ok, problems = s.measure(v.ID, given, at)
	s.Estimate = s.Estimate.predict(at.periods, shift(s.Share, v.share))
	m, ok = s.joined(v.gathered, m, ok, noise, at)
	s.Share, v.heard = v.share, ok
	if ok {
		m = s.judge(m, v, at.now)
	}
	v.hangs = !s.Hangs.IsZero()
	m.failing = m.failing || v.hangs
	v.failing, v.joined = s.Failing || v.hangs, s.Joined
	switch {
	case ok:
		s.learn(m, v)
	case at.early && !v.failing:
		s.recall(v, at)
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
func (s *serverState) measure(id ipvs.ServerID, given *given, at moment) (m measurement, ok bool, problems []string) {
	seconds, held := s.Window.Seconds, s.Window.held()
	m, s.Window, ok = s.Window.read(at.interval)
	m.age, m.held = seconds, held
	if !given.counters {
		counted := m.requestsPerSecond
		m, ok = measurement{}, false
		if o := given.latencies.find(id); o != nil {
			var problem string
			m, problem = o.take(counted, &s.ObservedAt, at)
			ok = problem == ""
			if !ok {
				problems = append(problems, problem)
			}
		}
	}
	if !ok {
		m.latency, m.took = 0, 0
	}
	if o := given.errors.find(id); o != nil {
		problem := s.takeErrors(o, &m, at)
		if problem != "" {
			problems = append(problems, problem)
		}
		ok = ok || m.failing
	}
	return m, ok, problems
}

// noteHanging notes which servers hang from now on, and which do not after all.
// What is measured of the former begins anew, so that what they did before does
// not speak for them.
func (s *serviceState) noteHanging(at moment) {
	hanging := s.hanging()
	for i := range s.Servers {
		switch known := &s.Servers[i]; {
		case slices.Contains(hanging, known.ID):
			known.Hangs, known.Pile, known.Window = at.now, pile{}, known.Window.next()
		case known.ending():
			known.Hangs, known.Ends = 0, true
		case !at.early:
			known.Ends = false
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
// and returns the measurement that is to be believed. Sessions wait for nothing.
func (s *serverState) judge(m measurement, v *server, now stamp) measurement {
	if m.idle() {
		return m
	}
	s.Failing = m.failing || s.Failing && m.errors > mostErrors/2
	switch hangs := !s.Hangs.IsZero(); {
	case hangs && m.held: // the counter, up to 2 s old, tells of some that came before
	case hangs && (s.Failing || m.age < now.sub(s.Hangs).Seconds()):
		s.Hangs = 0
	case s.Failing && !v.sessions && s.swamped(m.took, v.ActiveConnections):
		s.Failing, m.latency = false, m.took
	}
	m.failing = s.Failing
	return m
}

// learn takes a measurement into the estimate and the view of the server.
func (s *serverState) learn(m measurement, v *server) {
	v.idle, v.latency, v.perSecond, v.age = m.idle(), m.latency, m.requestsPerSecond, m.age
	if m.idle() || m.failing || m.latency == 0 {
		return
	}
	s.Estimate = s.Estimate.update(exact.Log(m.latency), m.variance)
	v.measured = true
	v.latency, v.variance = exact.Exp(s.Estimate.LogLatency), s.Estimate.Variance
}

// recall has the view of a server that was not measured since go by what is
// known, which is older than the last step.
func (s *serverState) recall(v *server, at moment) {
	if s.Estimate.Variance > 0 {
		v.measured, v.latency, v.variance = true, exact.Exp(s.Estimate.LogLatency), s.Estimate.Variance
		v.age = float64((at.periods + 1) * at.interval.Seconds())
	}
}

// shift returns the logarithm of the factor between two shares; 0 where the
// earlier one is not known.
func shift(before, after float64) float64 {
	if before == 0 || before == after {
		return 0
	}
	return exact.Log(after / before)
}
