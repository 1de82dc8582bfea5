package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// server is an available real server as one step sees it.
type server struct {
	id               ipvs.ServerID
	share            float64 // of new connections, by the weights; above 0
	measured         bool    // latency and variance are known
	idle             bool    // measured to have had no request
	failing          bool
	latency          float64 // seconds, smoothed
	variance         float64 // of its logarithm
	pace             pace
	weight           uint32
	belief           capacity.Belief
	arrived, backlog float64
	active           uint32
	now              ipvs.RealServer
	source           string // of the latency; "" is the director
	errors           string // the source of the errors where that is another; "" is none
	reason           string // for people: how it looks
}

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
	next := make(serviceState, len(servers))
	for _, server := range servers {
		if server.Weight > 0 {
			known := s[server.ID]
			known.Window = known.Window.add(now, server, longestGap*interval)
			next[server.ID] = known
		}
	}
	return next
}

// observe takes the servers' measurements into the state and the servers. It
// returns why observations were ignored.
func (s serviceState) observe(servers []server, given given, at moment, curves *capacity.Curves) []string {
	weights := make([]uint32, len(servers))
	for i := range servers {
		weights[i] = servers[i].weight
	}
	e := uneven(weights)
	ignored := given.strangers(s)
	for i := range servers {
		v := &servers[i]
		known := s[v.id]
		v.source, v.errors = given.latencies.source, given.errors.source
		known.from(v.source)
		m, ok, problems := known.measure(v.id, given, at)
		for _, problem := range problems {
			ignored = append(ignored, v.id.String()+" "+problem)
		}
		known.Estimate = known.Estimate.predict(at.periods, shift(known.Share, v.share))
		known.Share = v.share
		if ok {
			known.learn(m, v)
		}
		known.believe(v, m, ok, given.counters, e[i], curves, at)
		s[v.id] = known
	}
	return ignored
}

// from forgets the latency if it is another source's: only latencies of one
// source compare.
func (s *serverState) from(source string) {
	if s.Source != source {
		s.Estimate, s.Source = estimate{}, source
	}
}

// measure returns what was measured of a server, whether anything was, and why
// observations were ignored.
func (s *serverState) measure(id ipvs.ServerID, given given, at moment) (m measurement, ok bool, problems []string) {
	m, s.Window, ok = s.Window.read(at.interval)
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

// keepPace takes the servers' pace into the state.
func (s serviceState) keepPace(servers []server) {
	for _, v := range servers {
		if v.measured {
			known := s[v.id]
			known.Pace = v.pace
			s[v.id] = known
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

// learn takes a measurement into the estimate and the view of the server.
func (s *serverState) learn(m measurement, v *server) {
	v.idle, v.failing, v.latency, v.pace = m.idle(), m.failing, m.latency, s.Pace
	if m.idle() || m.failing || m.latency == 0 {
		return
	}
	s.Estimate = s.Estimate.update(exact.Log(m.latency), m.variance)
	v.measured = true
	v.latency, v.variance = exact.Exp(s.Estimate.LogLatency), s.Estimate.Variance
}
