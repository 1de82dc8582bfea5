package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// heldFor is in how many steps in a row connections that told of requests
// must seem to be held open before they do not: more than a meter lags.
const heldFor = 6

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
