package tuner

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
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
	// crowding is by what factor the active connections of the other servers
	// may have grown: beyond it, more connections come than were expected.
	crowding = 2.0
	// doubt is how long a server that is taken to hang can still show that it
	// does not, by ending more than fewEnd connections and more than partEnds
	// of them.
	doubt    = 3 * time.Second
	fewEnd   = 3.0
	partEnds = 0.1
)

// pile is a row of samples between which the active connections of a server
// grew about as fast as connections come, as where none ends. How many come is
// what is expected: the kernel's counter tells up to two seconds late, and
// would make a hang of every rise.
type pile struct {
	Since    time.Time `json:"since,omitzero"` // zero is none
	Active   uint32    `json:"active_connections,omitempty"`
	Expected float64   `json:"expected_connections,omitempty"` // that come since then
}

// add returns the pile after one more sample, which follows on the window.
func (p pile) add(before, after *window, perSecond float64) pile {
	seconds := after.Time.Sub(before.Time).Seconds()
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
		w.Time.Sub(p.Since).Seconds() >= float64(lifetimes*lasting)
}

// expected returns the connections per second that a server is to get by its
// share.
func (s *serviceState) expected(share float64, known *serverState) float64 {
	if known.Luck != 0 {
		share *= exact.Exp(known.Luck)
	}
	return float64(s.Demand.PerSecond * share)
}

// hanging returns the servers that accept connections and plainly end none,
// while the others do as ever. What comes to a server while thresholds keep
// requests from others is not what its share promises.
func (s *serviceState) hanging() []ipvs.ServerID {
	var now, before uint64 // connections of servers that are well
	pressed := 0
	for i := range s.Servers {
		known := &s.Servers[i]
		if known.Limit.Pressed() {
			pressed++
		}
		if known.well() {
			now += uint64(known.Window.Active)
			before += uint64(known.Glance.Active)
		}
	}
	var hanging []ipvs.ServerID
	for i := range s.Servers {
		known := &s.Servers[i]
		alone := pressed == 0 || pressed == 1 && known.Limit.Pressed()
		if alone && known.well() && s.hangs(known, now, before) {
			hanging = append(hanging, known.ID)
		}
	}
	return hanging
}

// hangs reports whether a server plainly hangs, given the active connections
// of all that are well, now and at the last step.
func (s *serviceState) hangs(known *serverState, now, before uint64) bool {
	if known.Pile.Since.IsZero() {
		return false
	}
	seconds := known.Window.Time.Sub(known.Pile.Since).Seconds()
	others := s.Demand.PerSecond - known.Pile.Expected/seconds
	if others <= 0 {
		return false
	}
	n := float64(now - uint64(known.Window.Active))
	was := float64(before - uint64(known.Glance.Active))
	crowd := n > float64(crowding*was) && n > was+float64(plainly*math.Sqrt(was+1))
	return !crowd && known.Pile.plain(&known.Window, n/others)
}

// well reports whether a server was there at the last step, and did not fail.
func (s *serverState) well() bool {
	return !s.Glance.Time.IsZero() && !s.Failing && !s.Ends && s.Hangs.IsZero()
}

// ending reports whether a server was taken to hang a moment ago but ends
// connections now that fewer come: it had too many of them. Later an end means
// little, since clients give up.
func (s *serverState) ending() bool {
	w := &s.Window
	ended := float64(w.First) - float64(w.Active)
	return !s.Hangs.IsZero() && w.Time.Sub(s.Hangs) <= doubt && ended > max(fewEnd, float64(partEnds*float64(w.First)))
}

// sound reports whether the pile is among those that a step leaves.
func (p pile) sound() bool { return p.Expected >= 0 && (p != pile{}) == !p.Since.IsZero() }
