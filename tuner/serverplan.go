package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// plan spells the decision out for every server of the service; servers are
// the available ones, in the same order.
func (d decision) plan(policy Policy, v ipvs.VirtualService, servers []server) ServicePlan {
	p := ServicePlan{Service: v.ID, Policy: policy, Action: d.action, Code: d.code, Reason: d.reason,
		Servers: make([]ServerPlan, 0, len(v.Servers))}
	weights, next := make([]uint32, len(v.Servers)), 0
	for i, s := range v.Servers {
		line := unchanged(s)
		if s.Weight > 0 {
			if d.weights != nil {
				line.Weight = d.weights[next]
			}
			line.describe(servers[next])
			next++
		}
		weights[i] = line.Weight
		p.Servers = append(p.Servers, line)
	}
	if refusal(v.Scheduler) == "" {
		for i, share := range sharesOf(weights) {
			p.Servers[i].ShareRatio = &share
		}
	}
	return p
}

// unchanged returns the plan that leaves a server as it is.
func unchanged(s ipvs.RealServer) ServerPlan {
	return ServerPlan{
		Server: s.ID,
		Weight: s.Weight, PreviousWeight: s.Weight,
		UpperThreshold: s.UpperThreshold, PreviousUpperThreshold: s.UpperThreshold,
		LowerThreshold: s.LowerThreshold, PreviousLowerThreshold: s.LowerThreshold,
		Reason: "quiescent, left alone",
	}
}

// describe adds what was seen of an available server.
func (p *ServerPlan) describe(s server) {
	switch {
	case s.failing:
		p.Reason = "fails its requests"
	case s.idle:
		p.Reason = "idle, keeps its share"
	case !s.measured:
		p.Reason = "no observation, keeps its share"
	default:
		p.Reason = "observed"
	}
	if s.measured && !s.failing {
		p.LatencySeconds = &s.latency
	}
}
