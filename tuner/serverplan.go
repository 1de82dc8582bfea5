package tuner

import (
	"cmp"
	"fmt"
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// plan spells the decision out for every server of the service; servers are
// the available ones, in the same order.
func (d decision) plan(policy Policy, v ipvs.VirtualService, servers []server) ServicePlan {
	p := ServicePlan{Service: v.ID, Policy: policy, Action: d.action, Code: d.code, Reason: d.reason,
		Servers: make([]ServerPlan, 0, len(v.Servers))}
	next := 0
	for _, s := range v.Servers {
		line := unchanged(s)
		if s.Weight > 0 {
			if d.weights != nil {
				line.Weight = d.weights[next]
			}
			line.Reason = servers[next].reason
			line.LatencySeconds = servers[next].latencySeconds()
			next++
		}
		p.Servers = append(p.Servers, line)
	}
	if d.scheduler != "" {
		p.Scheduler, p.PreviousScheduler = d.scheduler, v.Scheduler
	}
	p.reshare(v.Scheduler)
	return p
}

// reshare sets the shares that the weights bring under a scheduler.
func (p *ServicePlan) reshare(scheduler string) {
	if refusal(scheduler) != "" {
		return
	}
	weights := make([]uint32, len(p.Servers))
	for i := range p.Servers {
		weights[i] = p.Servers[i].Weight
	}
	for i, share := range SharesOf(weights) {
		p.Servers[i].ShareRatio = &share
	}
}

// unchanged returns the plan that leaves a server as it is.
func unchanged(s ipvs.RealServer) ServerPlan {
	return ServerPlan{
		Server: s.ID,
		Weight: s.Weight, PreviousWeight: s.Weight,
		UpperThreshold: s.UpperThreshold, PreviousUpperThreshold: s.UpperThreshold,
		LowerThreshold: s.LowerThreshold, PreviousLowerThreshold: s.LowerThreshold,
		Reason: "is quiescent, left alone",
	}
}

// presence says whether an available server was seen.
func (s *server) presence() string {
	switch {
	case s.hangs:
		return "accepts connections and ends none"
	case s.failing:
		return "fails its requests" + accordingTo(cmp.Or(s.errors, s.source))
	case s.idle:
		return "is idle" + accordingTo(s.source) + ", keeps its share"
	case !s.measured:
		return "has no observation, keeps its share"
	}
	return "is observed" + accordingTo(s.source)
}

// accordingTo names a source that is not the director.
func accordingTo(source string) string {
	if source == "" {
		return ""
	}
	return " according to " + source
}

// comparison says how a measured server compares, given the logarithm of its
// latency over the mean, 0 where that is not plainly another.
func (s *server) comparison(deviation float64) string {
	switch {
	case s.failing:
		return s.presence()
	case deviation == 0:
		return "is about as fast as the mean" + accordingTo(s.source)
	}
	return fmt.Sprintf("needs %.2f times the mean latency", math.Exp(deviation)) + accordingTo(s.source)
}

// latencySeconds returns the latency where it is known.
func (s *server) latencySeconds() *float64 {
	if !s.measured || s.failing {
		return nil
	}
	latency := s.latency // on its own: the servers are not kept
	return &latency
}
