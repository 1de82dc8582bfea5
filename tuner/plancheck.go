package tuner

import (
	"errors"
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

var errTwice = errors.New("is there twice")

// check reports what is wrong with the decision on a service that was read;
// twice says that there was one on the same service before.
func (p *ServicePlan) check(twice bool) error {
	if twice {
		return errTwice
	}
	switch p.Action {
	case Apply, Hold, Skip:
	default:
		return fmt.Errorf("action: %q is not apply, hold or skip", p.Action)
	}
	seen := make(map[ipvs.ServerID]bool)
	for i, s := range p.Servers {
		if (s.Server == ipvs.ServerID{}) {
			return fmt.Errorf("servers[%d]: has no server", i)
		}
		if err := s.check(p.Action, seen[s.Server]); err != nil {
			return fmt.Errorf("%s: %w", s.Server, err)
		}
		seen[s.Server] = true
	}
	return p.Autoscaling.check()
}

func (p *ServerPlan) check(action Action, twice bool) error {
	switch {
	case twice:
		return errTwice
	case p.Weight > mostWeight:
		return fmt.Errorf("weight: %d is above %d", p.Weight, mostWeight)
	case action != Apply && p.Weight != p.PreviousWeight:
		return fmt.Errorf("weight: %d is not the previous %d, under %s", p.Weight, p.PreviousWeight, action)
	}
	return checkNumbers([]number{
		{"share_ratio", p.ShareRatio, 1},
		{"latency_seconds", p.LatencySeconds, mostSeconds},
		{"capacity_requests_per_second", p.CapacityRequestsPerSecond, mostRequestsPerSecond},
	})
}

// check reports what is wrong with an autoscaling advice, which may be nil.
func (a *Autoscaling) check() error {
	if a == nil {
		return nil
	}
	if a.DesiredServers != nil && *a.DesiredServers < 0 {
		return fmt.Errorf("autoscaling: desired_servers: %d is below 0", *a.DesiredServers)
	}
	err := checkNumbers([]number{
		{"demand_requests_per_second", a.DemandRequestsPerSecond, mostRequestsPerSecond},
		{"capacity_requests_per_second", a.CapacityRequestsPerSecond, mostRequestsPerSecond},
		{"utilization_ratio", a.UtilizationRatio, mostRequestsPerSecond},
	})
	if err != nil {
		return fmt.Errorf("autoscaling: %w", err)
	}
	return nil
}
