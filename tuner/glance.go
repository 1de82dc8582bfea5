package tuner

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// glance is what the director showed of a server at a step.
type glance struct {
	Time        time.Time `json:"time"`
	Connections uint64    `json:"connections"`
	Active      uint32    `json:"active_connections"`
}

// counted is what the director counted of a server between two steps.
type counted struct {
	known     bool
	seconds   float64
	perSecond float64 // connections that came
	done      float64 // connections that ended
	present   float64 // active ones, on average
}

// next takes the place of the last glance, and returns what was counted since.
func (g *glance) next(now time.Time, s *ipvs.RealServer) counted {
	last := *g
	*g = glance{now, s.Stats.Connections, s.ActiveConnections}
	seconds := now.Sub(last.Time).Seconds()
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
