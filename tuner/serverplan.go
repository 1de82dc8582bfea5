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
	p.PredictedLatencySeconds, p.PreviousPredictedLatencySeconds = f.predict(d.weights, after)
	next := 0
	for i := range v.Servers {
		s, line := &v.Servers[i], &p.Servers[i]
		line.leave(s)
		switch {
		case s.Weight > 0:
			if d.weights != nil {
				line.Weight = d.weights[next]
			}
			line.take(&f.servers[next])
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

// predict returns the mean latencies, in seconds, under weights and their shares,
// nil being the present ones, and under these; 0 where that is not known.
func (f *fleet) predict(weights []uint32, shares []float64) (then, now float64) {
	if f.waiting == 0 {
		return 0, 0
	}
	now = f.waiting / f.total
	if weights == nil || shares == nil {
		return now, now
	}
	return f.present(weights, shares) / f.total, now
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

// mostCapacityError is the relative standard deviation of a capacity up to which
// it is told.
const mostCapacityError = 1.0

// take takes in what is known of an available server.
func (p *ServerPlan) take(s *server) {
	p.Reason = s.reason
	if s.measured && !s.failing {
		p.LatencySeconds = s.latency
	}
	if s.bears() {
		p.tellCapacity(s.bearing())
	}
}

// tellCapacity tells a capacity that is known well enough.
func (p *ServerPlan) tellCapacity(perSecond, deviation float64) {
	if deviation <= mostCapacityError {
		p.CapacityRequestsPerSecond, p.CapacityErrorRatio = perSecond, deviation
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
		return Reason{looks: looksIdle, source: s.source, perSecond: s.comes()}
	case !s.measured:
		return Reason{looks: looksUnobserved}
	}
	return Reason{looks: looksObserved, source: s.source}
}

// comes returns the connections per second that the director has counted of a
// server; 0 is none, or too few to tell.
func (s *server) comes() float32 {
	if n := s.counted; n.known && float64(n.perSecond*n.seconds) >= fewest {
		return float32(n.perSecond)
	}
	return 0
}

// comparison says how a server compares, given the logarithm of what is
// compared over the mean, 0 where that is not plainly another.
func (s *server) comparison(of looks, deviation float64) Reason {
	r := Reason{looks: of, source: s.source, ratio: 1}
	if deviation != 0 {
		r.ratio = float32(exact.Exp(deviation))
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
		case s.idle && s.comes() > 0: // which is odder
		case s.bears():
			bears, _ := s.bearing()
			s.reason = Reason{looks: looksBearing, source: s.source, perSecond: float32(bears), busy: float32(shares[i] * total / bears)}
			if s.measured {
				s.reason.latency = float32(s.latency)
			}
		case s.joined && !s.failing:
			s.reason = Reason{looks: looksJoined}
		}
	}
}
