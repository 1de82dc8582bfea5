package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// fullFrom is the part of what all servers bear from which on they are full if
// one of them is.
const fullFrom = 0.9

// limiting is what is remembered of a virtual service for its thresholds to be
// decided between two steps.
type limiting struct {
	FinSeconds float64 `json:"fin_seconds"`    // that the director keeps a connection of which it saw one end
	Tell       bool    `json:"tell,omitempty"` // connections tell of requests, as far as is known
	Held       int     `json:"held,omitempty"` // steps in a row in which connections seemed to be held open
}

// limited reports whether the thresholds are the tuner's.
func (c *ServiceConfig) limited() bool { return c.Thresholds.Policy == limits.Concurrency }

// limit decides the thresholds as part of a step, but not of an early one: they
// have just been decided then, and not for as long as up to the next period. It
// reports whether all servers have all the requests that they bear.
func (c *ServiceConfig) limit(f *fleet, known *serviceState, timeouts ipvs.Timeouts) (decisions []limits.Decision, full bool) {
	known.Limiting.FinSeconds = timeouts.TCPFin.Seconds()
	known.Limiting = known.Limiting.judge(f)
	if f.at.early {
		return nil, f.full(known)
	}
	states, servers := make([]*serverState, len(f.servers)), make([]ipvs.RealServer, len(f.servers))
	for i := range f.servers {
		states[i], servers[i] = &known.Servers[i], *f.servers[i].RealServer
	}
	decisions = known.Limiting.decide(c.Thresholds, states, servers, f.at)
	return decisions, f.full(known)
}

// unlimit forgets what thresholds were decided by.
func (s *serviceState) unlimit() {
	for i := range s.Servers {
		s.Servers[i].Limit = limits.State{}
	}
}

// full reports whether all servers have all that they bear, or one has and the
// others together hardly have room for what it refuses. Then thresholds share
// out the requests, and what servers answer tells nothing of what weights would
// bring.
func (f *fleet) full(known *serviceState) bool {
	came, all, pressed := 0.0, 0.0, known.pressed()
	for i := range f.servers {
		s := &f.servers[i]
		came += float64(s.counted.perSecond * f.demand.requests())
		if s.bears() {
			c, _ := s.belief.Capacity()
			all += c
		}
	}
	return pressed > 0 && (pressed == len(f.servers) || came >= float64(fullFrom*all))
}

// pressed returns how many servers have all that they bear, as their thresholds
// show.
func (s *serviceState) pressed() int {
	pressed := 0
	for i := range s.Servers {
		if s.Servers[i].Limit.Pressed() {
			pressed++
		}
	}
	return pressed
}

// decide decides the thresholds of available servers, given what is known of
// each, and brings that up to date. The next decision is taken to come as long
// after this one as this one does after the last, at most an interval.
func (l limiting) decide(settings limits.Settings, known []*serverState, servers []ipvs.RealServer, at moment) []limits.Decision {
	states, seen, next := make([]limits.State, len(servers)), make([]limits.Server, len(servers)), at.interval
	for i, s := range servers {
		states[i], seen[i] = known[i].Limit, l.server(known[i], s)
		if d := at.now.sub(stampOf(known[i].Limit.Time)); d > 0 {
			next = min(next, d)
		}
	}
	decisions, states := settings.Decide(states, seen, at.now.time(), next)
	for i := range servers {
		known[i].Limit = states[i]
	}
	return decisions
}

// server returns what is known of a server for its thresholds.
func (l limiting) server(known *serverState, s ipvs.RealServer) limits.Server {
	v := limits.Server{
		Active: s.ActiveConnections, Inactive: s.InactiveConnections,
		Upper: s.UpperThreshold, Lower: s.LowerThreshold,
		Linger: l.linger(s.Forward), Held: !l.Tell,
	}
	if known.Belief.Known() {
		v.Capacity, v.Error = known.Belief.Capacity()
		v.Workers = known.Belief.Workers()
	}
	return v
}

// linger returns for how many seconds the director counts a closed connection:
// in TIME_WAIT where it sees both ways, else in FIN_WAIT.
func (l limiting) linger(forward ipvs.Forward) float64 {
	const timeWait = 120
	if forward == ipvs.Masq || l.FinSeconds == 0 {
		return timeWait
	}
	return l.FinSeconds
}

// limit takes a decision on thresholds into the plan of an available server.
func (p *ServerPlan) limit(d limits.Decision) {
	p.UpperThreshold, p.LowerThreshold = d.Upper, d.Lower
	if d.Watched || d.Upper == 0 {
		p.Reason.besides += "; " + d.Reason
	}
}

// limit takes the decisions on the thresholds of the available servers into the
// plan, as many as there are.
func (p *ServicePlan) limit(servers []server, decisions []limits.Decision) {
	next := 0
	for i := range p.Servers {
		if s := &p.Servers[i]; next < len(decisions) && s.Server == servers[next].ID {
			s.limit(decisions[next])
			next++
		}
	}
}
