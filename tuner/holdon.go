package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// undisturbed is why a service that rests is left alone.
const undisturbed = "all is as it was when there was nothing to gain"

// holdOn returns the plan of a service that rests: that of the last decision.
func (s *serviceState) holdOn(policy Policy, v *ipvs.VirtualService) ServicePlan {
	p := ServicePlan{Service: v.ID, Policy: policy, Action: Hold, Code: CodeSettled, Autoscaling: s.Rest.Advice,
		PredictedLatencySeconds: s.Rest.Latency, PreviousPredictedLatencySeconds: s.Rest.Latency,
		Reason: undisturbed, Servers: make([]ServerPlan, len(v.Servers))}
	next, shares := 0, make([]float64, len(s.Servers))
	for i := range v.Servers {
		server, line := &v.Servers[i], &p.Servers[i]
		line.leave(server)
		if server.Weight == 0 {
			line.PreviousShareRatio, line.ShareRatio = new(float64), new(float64)
			continue
		}
		line.repeat(&s.Servers[next], &s.Rest.Servers[next], &shares[next], s.Rest.PerSecond)
		next++
	}
	return p
}

// repeat takes in what was told of an available server, whose share has a place
// that is kept.
func (p *ServerPlan) repeat(known *serverState, r *resting, share *float64, total float64) {
	*share = float64(r.PerSecond) / total
	p.ShareRatio, p.PreviousShareRatio = share, share
	p.LatencySeconds = exact.Exp(known.Estimate.LogLatency)
	p.tellCapacity(float64(r.Capacity), float64(r.Deviation))
	p.Reason = Reason{looks: looksBearing, source: known.Source, perSecond: r.Capacity, busy: r.PerSecond / r.Capacity, latency: float32(p.LatencySeconds)}
}
