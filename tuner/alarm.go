package tuner

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// LookInterval is how often the tuned services are looked at between two
// decisions, for one to be made early. It is also the least time between two
// decisions on the same service.
const LookInterval = time.Second

// Alarm returns why a virtual service is to be decided on before its period is
// over, given what the director shows of it, which has been sampled, and the
// observations of servers that fail; "" is nothing. Each cause is told until
// the next step, which knows of it from then on.
func (s *State) Alarm(id ipvs.ServiceID, servers []ipvs.RealServer, failing []Observation, now time.Time) string {
	known := s.Services[id]
	if known.Time.IsZero() || instant(now).Sub(known.Time) < LookInterval {
		return ""
	}
	weights, n := 0.0, 0.0
	for i := range servers {
		if w := servers[i].Weight; w > 0 {
			weights, n = weights+float64(w), n+1
		}
	}
	if n < 2 {
		return ""
	}
	for i := range servers {
		server := &servers[i]
		share := float64(server.Weight) / weights
		if known.Servers[server.ID].new() && share > float64(joinersPart/n) {
			return server.ID.String() + " has joined"
		}
	}
	for _, o := range failing {
		if o.Service == id && known.news(o) {
			return o.Server.String() + " fails its requests"
		}
	}
	if hanging := known.hanging(); len(hanging) > 0 {
		return slices.MinFunc(hanging, ipvs.ServerID.Compare).String() + " ends no connections"
	}
	if ending := known.ending(); len(ending) > 0 {
		return slices.MinFunc(ending, ipvs.ServerID.Compare).String() + " ends connections after all"
	}
	return ""
}

// new reports whether a server has joined since the last step.
func (s serverState) new() bool { return s.Joined && s.Glance.Time.IsZero() }

// news reports whether it is not known yet that a server fails.
func (s *serviceState) news(o Observation) bool {
	known, ok := s.Servers[o.Server]
	if !ok || known.Failing || o.check() != nil || o.ErrorRatio == nil {
		return false
	}
	if o.LatencySeconds != nil && known.swamped(*o.LatencySeconds, known.Window.Active) {
		return false
	}
	return fails(*o.ErrorRatio, o.counted(0, time.Second).requests)
}
