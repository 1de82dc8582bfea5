package limits

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// State is what is remembered of a real server from one decision to the next.
// The zero State knows nothing.
type State struct {
	Time      time.Time `json:"time,omitzero"`        // of the last decision
	Inactive  uint32    `json:"inactive_connections"` // then
	Active    float64   `json:"active_connections"`   // averaged
	Growth    float64   `json:"growth_per_second"`    // of the inactive ones, averaged
	PressedAt time.Time `json:"pressed_at,omitzero"`  // when last the server was; zero: not lately
}

const (
	// memory is the seconds over which counts are averaged: enough for the
	// growth to be known better than what a period brings by chance, and short
	// beside the two minutes in which it changes.
	memory = 3.0
	// longest is the seconds between decisions beyond which counts tell
	// nothing of how they change: the longest interval there is.
	longest = 600.0
	// regain is the part of what a server could have answered and was kept from
	// that is expected on top of the growth seen, which was the less for it; more
	// of it after a second or longer, since chance is the less then.
	regain     = 0.1
	mostRegain = 0.5
	// crowd is how many times what it bears a server has at once when it is
	// taken for pressed without a look at the average.
	crowd = 2.0
	// pressing is the part of what it bears from which on a server that was
	// pressed still is.
	pressing = 0.75
	// relief is how long a server that was pressed is watched.
	relief = 10 * time.Second
)

// Sound reports whether the values are among those that a decision leaves.
func (s State) Sound() bool {
	return s.Active >= 0 && s.Active <= math.MaxUint32 && math.Abs(s.Growth) <= math.MaxUint32
}

// observe takes in the present counts. The inactive connections can grow by no
// more than the server answers, and hardly fall faster: where they do they were
// cut off, and tell nothing of the next ones.
func (s State) observe(v Server, now time.Time) State {
	d := now.Sub(s.Time).Seconds()
	if s.Time.IsZero() || d < 0 || d > longest {
		return State{Time: now, Inactive: v.Inactive, Active: float64(v.Active)}
	}
	if d == 0 {
		return s
	}
	weight := 1 - exact.Exp(-d/max(memory, d))
	s.Active += float64(weight * (float64(v.Active) - s.Active))
	growth := (float64(v.Inactive) - float64(s.Inactive)) / d
	if most := 2*v.Capacity + float64(6*math.Sqrt(v.Capacity/d)); math.Abs(growth) <= most {
		s.Growth += float64(weight * (growth - s.Growth))
	} else {
		s.Growth = 0
	}
	if lack := 1 - float64(v.Active)/v.Workers; lack > 0 && v.blocked() {
		s.Growth += float64(lack * v.Capacity * min(mostRegain, regain*(1+d)))
	}
	s.Growth = min(s.Growth, v.Capacity)
	s.Time, s.Inactive = now, v.Inactive
	return s
}

// press notes whether the server has all the requests that it bears, or is
// kept from more by its threshold.
func (s State) press(v Server) State {
	most := v.concurrency()
	switch {
	case v.blocked(), float64(v.Active) >= float64(crowd*most), s.Active >= most, s.Pressed() && s.Active >= float64(pressing*most):
		s.PressedAt = s.Time
	case s.Time.Sub(s.PressedAt) > relief || s.Time.Before(s.PressedAt):
		s.PressedAt = time.Time{}
	}
	return s
}

// Pressed reports whether the server has all the requests that it bears, or had
// lately.
func (s State) Pressed() bool { return !s.PressedAt.IsZero() }

// blocked reports whether the threshold keeps requests from a server.
func (v Server) blocked() bool {
	return v.Upper > 0 && uint64(v.Active)+uint64(v.Inactive)+1 >= uint64(v.Upper)
}
