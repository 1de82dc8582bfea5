package tuner

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// glance is what the director showed of a server at a step.
type glance struct {
	Time        time.Time `json:"time"`
	Connections uint64    `json:"connections"`
	Active      uint32    `json:"active"`
}

// glanceAt counts what the director has shown since the last step, and notes what
// it shows now.
func glanceAt(servers []server, known map[ipvs.ServerID]serverState, at moment) {
	for i := range servers {
		v := &servers[i]
		s := known[v.id]
		v.joined = s.Joined
		now := glance{at.now, v.connections, v.active}
		v.counted = now.since(s.Glance)
		s.Glance = now
		known[v.id] = s
	}
}

func (g glance) since(last glance) counted {
	seconds := g.Time.Sub(last.Time).Seconds()
	if last.Time.IsZero() || seconds <= 0 || g.Connections < last.Connections {
		return counted{}
	}
	came := float64(g.Connections - last.Connections)
	return counted{
		known: true, seconds: seconds, perSecond: came / seconds,
		done:    came - (float64(g.Active) - float64(last.Active)),
		present: (float64(g.Active) + float64(last.Active)) / 2,
	}
}

func weightsOf(servers []server) []uint32 {
	weights := make([]uint32, len(servers))
	for i := range servers {
		weights[i] = servers[i].weight
	}
	return weights
}
