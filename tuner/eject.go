package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const (
	// shortestOutage and longestOutage are for how many periods at least and at
	// most a server is out that nothing is heard of; each time twice as long.
	shortestOutage = 3
	longestOutage  = 64
)

// outage is a server's time at a weight of 0 that the tuner has written. The
// zero outage is of a server that was never out, or is well again.
type outage struct {
	Since   stamp   `json:"since,omitzero"`    // zero is not out
	Periods float64 `json:"periods,omitempty"` // that it lasts, or the last one lasted; less one for each in which the server was well
}

func (o outage) out() bool { return !o.Since.IsZero() }

// again returns an outage that begins now.
func (o outage) again(now stamp) outage {
	return outage{Since: now, Periods: min(max(2*o.Periods, shortestOutage), longestOutage)}
}

// over reports whether it has lasted long enough.
func (o outage) over(at moment) bool {
	return at.now.sub(o.Since).Seconds() >= float64(max(o.Periods, shortestOutage)*at.interval.Seconds())
}

func (o outage) sound() bool { return o.Periods >= 0 && o.Periods <= longestOutage }

// readmit decides which servers that are out come back, as if they had just
// joined: those that are well according to what is given, and those whose
// outage is over unless they still fail; all of them where too many fail,
// and where none is to be out. Servers that hang and that only the director
// tells of are tried again too. It returns the servers with the least weight
// for those that come back, and which ones do.
func (s *serviceState) readmit(servers []ipvs.RealServer, given *given, c *ServiceConfig, at moment) ([]ipvs.RealServer, []ipvs.ServerID) {
	if at.early {
		return servers, nil
	}
	for i := range s.Servers {
		known := &s.Servers[i]
		if !known.Hangs.IsZero() && given.counters && (outage{known.Hangs, known.Outage.Periods}).over(at) {
			*known = known.afresh(known.Outage.again(at.now).Periods)
		}
	}
	failing, there := s.fail()
	all := !c.Weights.Eject || float64(failing) > float64(c.Guards.PanicRatio*float64(there))
	var out []serverState
	var back []ipvs.ServerID
	for i := range s.Out {
		known := &s.Out[i]
		if !all && !given.well(known.ID, known.Outage.over(at), at.interval) {
			out = append(out, *known)
			continue
		}
		back = append(back, known.ID)
		s.Servers = append(s.Servers, known.afresh(known.Outage.Periods))
	}
	s.Out = out
	return s.come(servers, back, func(*ipvs.RealServer) uint32 { return c.Weights.Min }), back
}

// release has all servers come back that are out, with the weights that they had
// before the tuner, as far as these are within the bounds: who has the service
// from now on did not take them out.
func (s *serviceState) release(servers []ipvs.RealServer, start baseline, bounds Weights) ([]ipvs.RealServer, []ipvs.ServerID) {
	var back []ipvs.ServerID
	for i := range s.Out {
		back = append(back, s.Out[i].ID)
		s.Servers = append(s.Servers, s.Out[i].afresh(0))
	}
	s.Out = nil
	return s.come(servers, back, func(v *ipvs.RealServer) uint32 {
		return min(max(uint32(start.weight(v)), bounds.Min), bounds.Max)
	}), back
}

// come returns the servers with weights for those that come back, which the
// state has already.
func (s *serviceState) come(servers []ipvs.RealServer, back []ipvs.ServerID, weight func(*ipvs.RealServer) uint32) []ipvs.RealServer {
	if back == nil {
		return servers
	}
	slices.SortFunc(s.Servers, func(a, b serverState) int { return a.ID.Compare(b.ID) })
	servers = slices.Clone(servers)
	for i := range servers {
		if slices.Contains(back, servers[i].ID) {
			servers[i].Weight = weight(&servers[i])
		}
	}
	return servers
}

// afresh returns the state of a server that is tried again.
func (s *serverState) afresh(periods float64) serverState {
	return serverState{ID: s.ID, Joined: true, Relieved: s.Relieved, Source: s.Source, Outage: outage{Periods: periods}, ObservedAt: s.ObservedAt, ErrorsAt: s.ErrorsAt}
}

// well reports whether a server that is out is well, by its errors; if they
// are not known, whether it is due.
func (g *given) well(id ipvs.ServerID, due bool, interval time.Duration) bool {
	for _, s := range []sourced{g.errors, g.latencies} {
		if o := s.find(id); o != nil && o.check() == nil && o.ErrorRatio != nil {
			return *o.ErrorRatio <= mostErrors/2 && o.counted(0, interval).requests >= 2
		}
	}
	return due
}

// fail returns how many servers fail, those that are out included, of how many.
func (s *serviceState) fail() (failing, all int) {
	failing = len(s.Out)
	for i := range s.Servers {
		if known := &s.Servers[i]; known.Failing || !known.Hangs.IsZero() {
			failing++
		}
	}
	return failing, len(s.Servers) + len(s.Out)
}

// eject takes servers that fail out of the plan, as far as the guards allow, and
// never the last one.
func (s *serviceState) eject(f *fleet, p *ServicePlan, g Guards) {
	if !f.limits.Eject || p.Action == Skip {
		return
	}
	defer p.reshare()
	all := f.startWeight()
	left := 0.0
	for i := range f.servers {
		left += f.start.weight(f.servers[i].RealServer)
	}
	for i := range f.servers {
		v, known := &f.servers[i], &s.Servers[i]
		if !v.failing {
			continue
		}
		line := p.server(v.ID)
		own := f.start.weight(v.RealServer)
		if left-own < float64(g.MinAvailableRatio*all) || p.weight()-float64(line.Weight) < float64(g.MinWeightSum) {
			line.Reason.besides += ", is not ejected since too little weight would be left"
			continue
		}
		left -= own
		known.Outage = known.Outage.again(f.at.now)
		line.Weight, line.out = 0, true
		line.Reason.besides += ", is ejected"
		p.Action, p.Code = Apply, CodeFailing
		p.Reason += "; ejects " + v.ID.String()
	}
}

// startWeight returns the sum of the weights before the tuner.
func (f *fleet) startWeight() float64 {
	sum := 0.0
	for i := range f.service.Servers {
		sum += f.start.weight(&f.service.Servers[i])
	}
	return sum
}

// weight returns the sum of the weights.
func (p *ServicePlan) weight() float64 {
	sum := 0.0
	for i := range p.Servers {
		sum += float64(p.Servers[i].Weight)
	}
	return sum
}

// admit has the plan write the weights of servers that come back, and tells of
// those that are out.
func (s *serviceState) admit(p *ServicePlan, back []ipvs.ServerID) {
	for _, id := range back {
		line := p.server(id)
		line.PreviousWeight = 0
		if line.PreviousShareRatio != nil {
			line.PreviousShareRatio = new(float64)
		}
		if line.Weight == 0 { // it fails still
			continue
		}
		line.Reason = Reason{looks: looksBack}
		if p.Code != CodeYielded && p.Action != Apply {
			p.Code = CodeJoined
		}
		p.Action = Apply
		p.Reason += "; tries " + id.String() + " again"
	}
	for i := range s.Out {
		line := p.server(s.Out[i].ID)
		line.out, line.Reason = true, Reason{looks: looksOut}
	}
}

// reshare gives the shares of servers that the plan takes out to the others.
func (p *ServicePlan) reshare() {
	left := 0.0
	for i := range p.Servers {
		if line := &p.Servers[i]; line.ShareRatio != nil && line.Weight > 0 {
			left += *line.ShareRatio
		}
	}
	for i := range p.Servers {
		line := &p.Servers[i]
		switch {
		case line.ShareRatio == nil:
		case line.Weight == 0:
			line.ShareRatio = new(float64)
		case left > 0:
			line.ShareRatio = new(*line.ShareRatio / left)
		}
	}
}

// server returns the line of a server, which is there.
func (p *ServicePlan) server(id ipvs.ServerID) *ServerPlan {
	for i := range p.Servers {
		if p.Servers[i].Server == id {
			return &p.Servers[i]
		}
	}
	return nil
}

// recover shortens the next outage of servers that are well.
func (s *serviceState) recover(servers []server, at moment) {
	for i := range servers {
		if v, known := &servers[i], &s.Servers[i]; known.Outage.Periods > 0 && !v.failing && v.measured {
			known.Outage.Periods = max(0, known.Outage.Periods-at.periods)
		}
	}
}
