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
		Reason: undisturbed, Servers: make([]ServerPlan, len(v.Servers))}
	next, told := 0, make([]told, len(s.Servers))
	for i := range v.Servers {
		server, line := &v.Servers[i], &p.Servers[i]
		line.leave(server)
		if server.Weight == 0 {
			line.PreviousShareRatio, line.ShareRatio = new(float64), new(float64)
			continue
		}
		line.repeat(&s.Servers[next], &s.Rest.Servers[next], &told[next], s.Rest.PerSecond)
		next++
	}
	return p
}

// told is what the plan of the last decision told of an available server.
type told struct {
	knowledge
	share float64
}

// repeat takes in what was told of an available server, in a place that is kept.
func (p *ServerPlan) repeat(known *serverState, r *resting, t *told, total float64) {
	t.latency, t.capacity, t.deviation = exact.Exp(known.Estimate.LogLatency), float64(r.Capacity), float64(r.Deviation)
	t.share = float64(r.PerSecond) / total
	p.tell(&t.knowledge)
	p.ShareRatio, p.PreviousShareRatio = &t.share, &t.share
	p.Reason = Reason{looks: looksBearing, source: known.Source, perSecond: t.capacity, busy: float64(r.PerSecond) / t.capacity, latency: t.latency}
}
