package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// glance is what the director showed of a server at a step.
type glance struct {
	Time        stamp  `json:"time"`
	Connections uint64 `json:"connections"`
	Active      uint32 `json:"active_connections"`
	Inactive    uint32 `json:"inactive_connections"`
}

// counted is what the director counted of a server between two steps.
type counted struct {
	known     bool
	seconds   float64
	perSecond float64 // connections that came
	done      float64 // connections that ended
	gone      float64 // connections per second that the director forgot
	present   float64 // active ones, on average
	lateness  float64 // variance of seconds, for the counter's age
}

// next takes the place of the last glance, and returns what was counted since.
func (g *glance) next(now stamp, s *ipvs.RealServer) counted {
	last := *g
	*g = glance{now, s.Stats.Connections, s.ActiveConnections, s.InactiveConnections}
	seconds := now.sub(last.Time).Seconds()
	if last.Time.IsZero() || seconds <= 0 || g.Connections < last.Connections {
		return counted{}
	}
	came := float64(g.Connections - last.Connections)
	if came > mostRequestsPerSecond*seconds {
		return counted{}
	}
	more := float64(g.Active) + float64(g.Inactive) - float64(last.Active) - float64(last.Inactive)
	return counted{
		known: true, seconds: seconds, perSecond: came / seconds,
		done:     came - (float64(g.Active) - float64(last.Active)),
		gone:     max(0, came-more) / seconds,
		present:  (float64(g.Active) + float64(last.Active)) / 2,
		lateness: lateness(seconds),
	}
}

// came returns the connections that came.
func (c *counted) came() float64 { return float64(c.perSecond * c.seconds) }

// calm returns the variance of the logarithm of the mean number of connections,
// where none of the present ones waits: that of so many, come by chance, and a
// third of what they grew by, squared, as if that went by a random walk.
func (c *counted) calm(present float64) float64 {
	grew := (c.came() - c.done) / (2 * present)
	return 1/present + float64(grew*grew)/3
}

// lateness returns the variance of the time in which the connections came that
// the kernel's counter grew by in so many seconds. At both ends the counter is
// up to counterAge old, any age being as likely, but the second age follows
// from the first: of a time that is d longer than a multiple of counterAge, the
// counter's is d shorter with a chance of 1-d/counterAge, else counterAge-d
// longer.
func lateness(seconds float64) float64 {
	d := math.Mod(seconds, counterAge)
	return float64(d * (counterAge - d))
}
