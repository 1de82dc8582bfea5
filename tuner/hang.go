package tuner

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const (
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

// hanging returns the servers that accept connections and plainly end none,
// while the others do as ever. What comes to a server while thresholds keep
// requests from others is not what its share promises.
func (s *serviceState) hanging() []ipvs.ServerID {
	now, before := s.active()
	pressed := s.pressed()
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

// active returns how many connections are active at the servers that are well,
// and how many were at the last step.
func (s *serviceState) active() (now, before uint64) {
	for i := range s.Servers {
		if known := &s.Servers[i]; known.well() {
			now += uint64(known.Window.Active)
			before += uint64(known.Glance.Active)
		}
	}
	return now, before
}

// hangs reports whether a server plainly hangs, given the active connections
// of all that are well, now and at the last step.
func (s *serviceState) hangs(known *serverState, now, before uint64) bool {
	if known.Pile.Since.IsZero() {
		return false
	}
	seconds := known.Window.Time.sub(known.Pile.Since).Seconds()
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
	return !s.Hangs.IsZero() && w.Time.sub(s.Hangs) <= doubt && ended > max(fewEnd, float64(partEnds*float64(w.First)))
}
