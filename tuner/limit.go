package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

const (
	// fullFrom is the part of what all servers bear from which on they are full
	// if one of them is.
	fullFrom = 0.9
	// heldFor is in how many steps in a row connections that told of requests
	// must seem to be held open before they do not: more than a meter lags.
	heldFor = 6
)

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

// judge notes whether connections tell of requests. When a crowd comes, what
// meters and director tell is of different times, and connections that wait look
// like idle ones for as long as the meter lags.
func (l limiting) judge(f *fleet) limiting {
	if f.service.ID.Protocol == ipvs.UDP || f.service.Flags&ipvs.FlagOnePacket != 0 {
		return limiting{FinSeconds: l.FinSeconds}
	}
	active, rate, requests := f.unpressed()
	if rate == 0 {
		return l
	}
	l.Held++
	if !limits.Held(active, rate, requests/rate) {
		l.Held = 0
	}
	l.Tell = l.Held == 0 || l.Tell && l.Held < heldFor
	return l
}

// unpressed returns how many connections would be active if nobody waited,
// at what rate they come, and how many requests would be under way.
func (f *fleet) unpressed() (active, perSecond, requests float64) {
	for i := range f.servers {
		s := &f.servers[i]
		if !s.bears() || !s.counted.known {
			continue
		}
		c, _ := s.belief.Capacity()
		n := float64(s.counted.perSecond*s.belief.Workers()) / c
		perSecond += s.counted.perSecond
		requests += n
		active += n + float64(s.counted.perSecond*f.demand.Idle)
	}
	return active, perSecond, requests
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
	came, all, pressed := 0.0, 0.0, 0
	for i := range f.servers {
		s := &f.servers[i]
		came += float64(s.counted.perSecond * f.demand.requests())
		if known.Servers[i].Limit.Pressed() {
			pressed++
		}
		if s.bears() {
			c, _ := s.belief.Capacity()
			all += c
		}
	}
	return pressed > 0 && (pressed == len(f.servers) || came >= float64(fullFrom*all))
}

// decide decides the thresholds of available servers, given what is known of
// each, and brings that up to date. The next decision is taken to come as long
// after this one as this one does after the last, at most an interval.
func (l limiting) decide(settings limits.Settings, known []*serverState, servers []ipvs.RealServer, at moment) []limits.Decision {
	states, seen, next := make([]limits.State, len(servers)), make([]limits.Server, len(servers)), at.interval
	for i, s := range servers {
		states[i], seen[i] = known[i].Limit, l.server(known[i], s)
		if d := at.now.Sub(known[i].Limit.Time); d > 0 {
			next = min(next, d)
		}
	}
	decisions, states := settings.Decide(states, seen, at.now, next)
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

// Limit decides the thresholds of a virtual service between two steps, where
// they are the tuner's, and takes in what it learns. It returns the servers
// whose thresholds are to change. Only those that the last step has set are
// touched, since the saved state says what to put back.
func (s *State) Limit(cfg Config, id ipvs.ServiceID, servers []ipvs.RealServer, now time.Time) []ServerPlan {
	c, ok := cfg.service(id)
	known := s.Services[id]
	if !ok || !c.limited() {
		return nil
	}
	ours := s.Baseline[id]
	known.Servers = slices.Clone(known.Servers)
	s.Services[id] = known
	var states []*serverState
	var listed []ipvs.RealServer
	for _, v := range byIdentity(servers, new([]ipvs.RealServer)) {
		if s := known.server(v.ID); s != nil && v.Weight > 0 && ours.limits(v.ID) {
			states, listed = append(states, s), append(listed, v)
		}
	}
	at := moment{now: instant(now), interval: cfg.Interval}
	var changed []ServerPlan
	for i, d := range known.Limiting.decide(c.Thresholds, states, listed, at) {
		var line ServerPlan
		line.leave(&listed[i])
		if line.limit(d); line.changes() {
			changed = append(changed, line)
		}
	}
	return changed
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

// limits reports whether the thresholds of a server are the tuner's by now.
func (b *baseline) limits(server ipvs.ServerID) bool {
	known := b.find(server)
	return known != nil && known.Thresholds.touched()
}
