package tuner

import (
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
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
	active, inactive uint32
	connections      uint64
	counted          counted
	belief           capacity.Belief
	joined           bool
	logLuck          float64
	perSecond        float64 // requests, measured; 0 is not known
	expected         float64 // share by the weights
	source           string  // of the latency; "" is the director
	errors           string  // the source of the errors where that is another; "" is none
	reason           string  // for people: how it looks
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
	next := s
	next.Servers = make(map[ipvs.ServerID]serverState, len(servers))
	for _, server := range servers {
		if server.Weight > 0 {
			known, there := s.Servers[server.ID]
			known.Joined = known.Joined || !there && len(s.Servers) > 0
			known.Window = known.Window.add(now, server, longestGap*interval)
			next.Servers[server.ID] = known
		}
	}
	return next
}

// observe takes the servers' measurements into the state and the servers. It
// returns why observations were ignored.
func (s *serviceState) observe(servers []server, given given, at moment, scheduler string, curves *capacity.Curves) []string {
	ignored := given.strangers(*s)
	glanceAt(servers, s.Servers, at)
	s.Demand = s.Demand.after(servers)
	learner := learner{curves: curves, flows: flowsOf(scheduler, weightsOf(servers)), demand: s.Demand, noise: s.noise()}
	var open openness
	for i, e := range sharing.Shares(scheduler, weightsOf(servers), trafficOf(servers)) {
		servers[i].expected = e
	}
	for i := range servers {
		v := &servers[i]
		known := s.Servers[v.id]
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
		known.Luck = luckAfter(scheduler, known.Luck, v, s.Demand)
		v.logLuck = known.Luck
		known.judge(m, ok)
		v.failing = known.Failing
		if ok {
			v.perSecond = m.requestsPerSecond
		}
		open.add(m, ok, v)
		learner.learn(i, &known, v, m, ok, at.periods)
		s.Servers[v.id] = known
	}
	s.Demand = s.Demand.seen(open)
	s.Noise = noiseAfter(s.noise(), learner.surprises)
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
			known := s.Servers[v.id]
			known.Pace = v.pace
			s.Servers[v.id] = known
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

func (s *serviceState) noise() float64 {
	if s.Noise == 0 {
		return startNoise
	}
	return s.Noise
}

// flowsOf returns how the scheduler hands out requests under weights.
func flowsOf(scheduler string, weights []uint32) []capacity.Flow {
	flows := make([]capacity.Flow, len(weights))
	switch {
	case scheduler == "wrr":
		for i, v := range sharing.Evenness(weights) {
			flows[i] = capacity.Dealt(v)
		}
	default:
		for i := range flows {
			flows[i] = capacity.Chance()
		}
	}
	return flows
}

var startNoise = func() float64 {
	x, _ := strconv.ParseFloat(os.Getenv("NOISE"), 64)
	if x == 0 {
		x = 3
	}
	return x
}()

func trafficOf(servers []server) *sharing.Traffic {
	t := &sharing.Traffic{Factor: 257, Rate: 1}
	for range servers {
		t.Active = append(t.Active, 0.1)
		t.Inactive = append(t.Inactive, 120)
	}
	return t
}
