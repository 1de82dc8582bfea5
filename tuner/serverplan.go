package tuner

import (
	"cmp"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// plan spells the decision out for every server of the service.
func (f *fleet) plan(policy Policy, d decision) ServicePlan {
	v := &f.service
	p := ServicePlan{Service: v.ID, Policy: policy, Action: d.action, Code: d.code, Reason: d.reason,
		Servers: make([]ServerPlan, len(v.Servers))}
	if d.scheduler != "" {
		p.Scheduler, p.PreviousScheduler = d.scheduler, v.Scheduler
	}
	before, after := f.sharesBy(d.weights)
	if policy == Optimize && f.total > 0 && after != nil {
		f.explain(after)
	}
	next, known := 0, make([]knowledge, len(f.servers)) // on its own: the servers are not kept
	for i := range v.Servers {
		s, line := &v.Servers[i], &p.Servers[i]
		line.leave(s)
		switch {
		case s.Weight > 0:
			if d.weights != nil {
				line.Weight = d.weights[next]
			}
			line.take(&f.servers[next], &known[next])
			if before != nil {
				line.PreviousShareRatio, line.ShareRatio = &before[next], &after[next]
			}
			next++
		case before != nil:
			line.PreviousShareRatio, line.ShareRatio = new(float64), new(float64)
		}
	}
	return p
}

// sharesBy returns the shares of the available servers by their present weights
// and by others, nil being the present ones; no shares where nothing tells.
func (f *fleet) sharesBy(weights []uint32) (before, after []float64) {
	if sharing.Refusal(&f.service) != "" || !f.uncounted() && f.demand.PerSecond == 0 {
		return nil, nil
	}
	if !f.uncounted() && f.traffic.Active == nil {
		f.reckon()
	}
	if f.now == nil {
		f.now = f.sharesNow()
	}
	if weights == nil {
		return f.now, f.now
	}
	return f.now, f.shares(weights)
}

// leave leaves a server as it is.
func (p *ServerPlan) leave(s *ipvs.RealServer) {
	p.Server = s.ID
	p.Weight, p.PreviousWeight = s.Weight, s.Weight
	p.UpperThreshold, p.PreviousUpperThreshold = s.UpperThreshold, s.UpperThreshold
	p.LowerThreshold, p.PreviousLowerThreshold = s.LowerThreshold, s.LowerThreshold
}

// knowledge is what a plan tells of an available server; 0 is not known.
type knowledge struct{ latency, capacity, deviation float64 }

// mostCapacityError is the relative standard deviation of a capacity up to which
// it is told.
const mostCapacityError = 1.0

// take takes in what is known of an available server, in a place that is kept.
func (p *ServerPlan) take(s *server, known *knowledge) {
	p.Reason = s.reason
	if s.measured && !s.failing {
		known.latency = s.latency
	}
	if s.bears() {
		known.capacity, known.deviation = s.bearing()
	}
	p.tell(known)
}

// tell tells what is known of an available server, in a place that is kept.
func (p *ServerPlan) tell(known *knowledge) {
	if known.latency > 0 {
		p.LatencySeconds = &known.latency
	}
	if known.capacity > 0 && known.deviation <= mostCapacityError {
		p.CapacityRequestsPerSecond, p.CapacityErrorRatio = &known.capacity, &known.deviation
	}
}

// presence says whether an available server was seen.
func (s *server) presence() Reason {
	switch {
	case s.hangs:
		return Reason{looks: looksHanging}
	case s.failing:
		return Reason{looks: looksFailing, source: cmp.Or(s.errors, s.source)}
	case s.idle:
		return Reason{looks: looksIdle, source: s.source}
	case !s.measured:
		return Reason{looks: looksUnobserved}
	}
	return Reason{looks: looksObserved, source: s.source}
}

// comparison says how a server compares, given the logarithm of what is
// compared over the mean, 0 where that is not plainly another.
func (s *server) comparison(of looks, deviation float64) Reason {
	r := Reason{looks: of, source: s.source, ratio: 1}
	if deviation != 0 {
		r.ratio = exact.Exp(deviation)
	}
	return r
}

// explain gives the reasons under optimize: what each server bears, and the
// part of that which it is to get.
func (f *fleet) explain(shares []float64) {
	total := f.perSecond()
	for i := range f.servers {
		s := &f.servers[i]
		switch {
		case s.bears():
			r := Reason{looks: looksBearing, source: s.source}
			r.perSecond, _ = s.bearing()
			r.busy = float64(shares[i]*total) / r.perSecond
			if s.measured {
				r.latency = s.latency
			}
			s.reason = r
		case s.joined && !s.failing:
			s.reason = Reason{looks: looksJoined}
		}
	}
}
