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
	return nil
}

func (p *ServerPlan) check(action Action, twice bool) error {
	switch {
	case twice:
		return errTwice
	case p.Weight > mostWeight:
		return fmt.Errorf("weight: %d is above %d", p.Weight, mostWeight)
	case action != Apply && p.Weight != p.PreviousWeight:
		return fmt.Errorf("weight: %d is not the previous %d, under %s", p.Weight, p.PreviousWeight, action)
	case p.ShareRatio != nil && !(*p.ShareRatio >= 0 && *p.ShareRatio <= 1):
		return fmt.Errorf("share_ratio: %v is not from 0 to 1", *p.ShareRatio)
	case p.LatencySeconds != nil && !(*p.LatencySeconds >= 0 && *p.LatencySeconds <= mostSeconds):
		return fmt.Errorf("latency_seconds: %v is not from 0 to %v", *p.LatencySeconds, mostSeconds)
	}
	return nil
}
