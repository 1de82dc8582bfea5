package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// piling is how many of the connections that are expected must have stayed
	// for a pile to go on, and piled how many for none to have ended.
	piling = 0.5
	piled  = 0.75
	// plainly is by how many standard deviations a pile must be more than
	// chance: the number of active connections wanders by 2n at most, in
	// variance, while n come.
	plainly = 5.0
	// lifetimes is how long a pile must last, in those of connections: until
	// then few end anywhere.
	lifetimes = 2.0
)

// pile is a row of samples between which the active connections of a server
// grew about as fast as connections come, as where none ends. How many come is
// what is expected: the kernel's counter tells up to two seconds late, and
// would make a hang of every rise.
type pile struct {
	Since    stamp   `json:"since,omitzero"` // zero is none
	Active   uint32  `json:"active_connections,omitempty"`
	Expected float64 `json:"expected_connections,omitempty"` // that come since then
}

// add returns the pile after one more sample, which follows on the window.
func (p pile) add(before, after *window, perSecond float64) pile {
	seconds := after.Time.sub(before.Time).Seconds()
	switch {
	case seconds == 0:
		return p
	case after.Samples == 0, perSecond == 0: // the samples cannot be joined
		return pile{}
	case p.Since.IsZero():
		p = pile{Since: before.Time, Active: before.Active}
	}
	p.Expected += float64(perSecond * seconds)
	if p.growth(after) < float64(piling*p.Expected) {
		return pile{}
	}
	return p
}

// growth returns by how much the active connections have grown.
func (p pile) growth(w *window) float64 { return float64(w.Active) - float64(p.Active) }

// plain reports whether none of the connections that came has ended, by no
// chance, though those of others last no longer than told. That more have come
// than were expected is another matter.
func (p pile) plain(w *window, lasting float64) bool {
	if p.Since.IsZero() {
		return false
	}
	growth, most := p.growth(w), p.Expected+float64(plainly*math.Sqrt(p.Expected))
	return growth >= float64(piled*p.Expected) && growth <= most &&
		growth >= float64(plainly*math.Sqrt(2*p.Expected)) &&
		w.Time.sub(p.Since).Seconds() >= float64(lifetimes*lasting)
}

// expected returns the connections per second that a server is to get by its
// share.
func (s *serviceState) expected(share float64, known *serverState) float64 {
	if known.Luck != 0 {
		share *= exact.Exp(known.Luck)
	}
	return float64(s.Demand.PerSecond * share)
}

// sound reports whether the pile is among those that a step leaves.
func (p pile) sound() bool { return p.Expected >= 0 && (p != pile{}) == !p.Since.IsZero() }
