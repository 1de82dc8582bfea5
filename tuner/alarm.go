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
	if known.Time.IsZero() || stampOf(now).sub(known.Time) < LookInterval {
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
		if share > float64(joinersPart/n) && known.server(server.ID).new() {
			return server.ID.String() + " has joined"
		}
	}
	for i := range failing {
		if o := &failing[i]; o.Service == id && known.server(o.Server).news(o) {
			return o.Server.String() + " fails its requests"
		}
	}
	if hanging := known.hanging(); len(hanging) > 0 {
		return hanging[0].String() + " ends no connections"
	}
	for i := range known.Servers {
		if s := &known.Servers[i]; s.ending() {
			return s.ID.String() + " ends connections after all"
		}
	}
	return ""
}

// server returns what is known of an available server, nil where nothing is.
func (s *serviceState) server(id ipvs.ServerID) *serverState {
	if i, there := slices.BinarySearchFunc(s.Servers, id, func(known serverState, id ipvs.ServerID) int { return known.ID.Compare(id) }); there {
		return &s.Servers[i]
	}
	return nil
}

// new reports whether a server has joined since the last step.
func (s *serverState) new() bool { return s != nil && s.Joined && s.Glance.Time.IsZero() }

// news reports whether it is not known yet that a server fails.
func (s *serverState) news(o *Observation) bool {
	if s == nil || s.Failing || o.check() != nil || o.ErrorRatio == nil {
		return false
	}
	if o.LatencySeconds != nil && s.swamped(*o.LatencySeconds, s.Window.Active) {
		return false
	}
	return fails(*o.ErrorRatio, o.counted(0, time.Second).requests)
}
