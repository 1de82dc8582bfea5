package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Limit decides the thresholds of a virtual service between two steps, where
// they are the tuner's, and takes in what it learns. It returns the servers
// whose thresholds are to change. Only those that the last step has set are
// touched, since the saved state says what to put back.
func (s *State) Limit(cfg Config, id ipvs.ServiceID, servers []ipvs.RealServer, now time.Time) []ServerPlan {
	c, ok := cfg.service(id)
	known := s.Services[id]
	if !ok || !c.limited() || known.Guard.Forbidden || c.standby != "" {
		return nil
	}
	ours := s.Baseline[id]
	known.Servers = slices.Clone(known.Servers)
	s.Services[id] = known
	states, listed := known.limited(servers, &ours)
	at := moment{now: stampOf(now), interval: cfg.Interval}
	var changed []ServerPlan
	for i, d := range known.Limiting.decide(c.Thresholds, states, listed, at) {
		var line ServerPlan
		line.leave(&listed[i])
		if line.limit(d); line.changes() {
			changed = append(changed, line)
		}
	}
	return changed
}

// limited returns the available servers whose thresholds are the tuner's by now,
// by identity, and what is known of each.
func (s *serviceState) limited(servers []ipvs.RealServer, ours *baseline) (known []*serverState, limited []ipvs.RealServer) {
	for _, v := range byIdentity(servers, new([]ipvs.RealServer)) {
		if s := s.server(v.ID); s != nil && v.Weight > 0 && ours.limits(v.ID) {
			known, limited = append(known, s), append(limited, v)
		}
	}
	return known, limited
}

// limits reports whether the thresholds of a server are the tuner's by now.
func (b *baseline) limits(server ipvs.ServerID) bool {
	known := b.find(server)
	return known != nil && known.Thresholds.touched()
}
