package limits

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// Decision is the thresholds that a server is to have up to the next one, and
// why. Both are 0 for none.
type Decision struct {
	Upper, Lower uint32
	Watched      bool   // the next decision should come within a second
	Reason       string // for people
}

const (
	// chance is how many standard deviations of what is answered in a second
	// are left for it, beyond what is expected, for each second up to the next
	// decision. What is answered by chance in a short time is less than queue.
	chance = 0.5
	// headroom is by what factor the threshold of a server at ease is above
	// the connections that there are when it is busy all the time.
	headroom = 1.1
	// growth is by what factor a server's rate may grow up to the next decision
	// beyond what it is sure to bear.
	growth = 1.1
	// spare is how many standard deviations of what is answered while a closed
	// connection is counted are left for it, where that is a short time.
	spare = 0.25
	// least is the change that is worth a write, as a part of what it is about.
	least = 0.1
)

// Decide returns the thresholds of a virtual service's available servers for
// the time up to the next decision. known are the states of the same servers.
// As soon as one of them is pressed all are watched, since what it refuses
// goes to the others.
//
// The lower threshold is the upper one: so a server over it takes requests
// again as soon as one of its connections ends, and not when a quarter of them
// have, half a minute later.
func (c Settings) Decide(known []State, servers []Server, now time.Time, next time.Duration) ([]Decision, []State) {
	decisions, states := make([]Decision, len(servers)), make([]State, len(servers))
	watched := false
	for i, s := range servers {
		if s.concurrency() > 0 {
			states[i] = known[i].observe(s, now).press(s)
			watched = watched || states[i].Pressed()
		}
	}
	for i, s := range servers {
		decisions[i] = c.decide(states[i], s, watched, next)
	}
	return decisions, states
}

// decide returns the thresholds of one server.
func (c Settings) decide(known State, s Server, watched bool, next time.Duration) Decision {
	most := s.concurrency()
	if most == 0 {
		return Decision{Reason: s.unknown()}
	}
	d := Decision{Watched: watched, Reason: "has room for all that it can answer"}
	wanted := wish{ease(s, most), 0, 0}
	wanted.less, wanted.more = float64(least*wanted.upper), float64(least*wanted.upper)
	if watched {
		wanted = wish{follow(known, s, most, next) + most, most, most}
		d.Reason = "has room for what others refuse"
	}
	if known.Pressed() {
		wanted = wish{follow(known, s, most, next), float64(least * most), float64(least * most)}
		d.Reason = "has all the requests that it bears at once"
	}
	if next.Seconds() >= s.Linger {
		wanted = wish{busy(s, most, watched), float64(least * most), float64(least * most)}
	}
	upper := max(math.Round(wanted.upper), float64(c.Min))
	switch present := float64(s.Upper); {
	case upper > float64(c.Max):
		d.Reason = "would need a threshold above the largest one allowed"
	case s.Lower == s.Upper && present >= max(upper-wanted.less, float64(c.Min)) && present <= min(upper+wanted.more, float64(c.Max)):
		d.Upper, d.Lower = s.Upper, s.Lower
	default:
		d.Upper, d.Lower = uint32(upper), uint32(upper)
	}
	return d
}

// wish is a threshold, and by how much less or more one that is there may be.
type wish struct{ upper, less, more float64 }

// ease returns a threshold that a server never reaches as long as it answers
// what comes: the connections that there are when it is busy all the time.
func ease(s Server, most float64) float64 {
	return most + float64(headroom*max(float64(s.Capacity*s.Linger), float64(s.Inactive)))
}

// busy returns the connections that a server has when it is busy all the time
// and has as many requests as it bears: what it answers while a closed one is
// counted. Where that is no longer than up to the next decision, those of now
// tell nothing of then. In doubt it is more, but where a crowd is there: then a
// server is taken for as weak as it may well be, but not for weaker than it was
// seen to be, and some more.
func busy(s Server, most float64, watched bool) float64 {
	doubt := exact.Exp(s.Error)
	closed := float64(s.Capacity * s.Linger)
	if watched {
		closed = max(closed/doubt, min(closed, float64(growth*float64(s.Inactive))))
	} else {
		closed *= doubt
	}
	return most + closed + float64(spare*math.Sqrt(closed))
}

// follow returns the threshold that leaves a server as many requests as it
// bears, on top of the inactive connections of now and of those expected.
func follow(known State, s Server, most float64, next time.Duration) float64 {
	ahead, growth := next.Seconds(), known.Growth
	if float64(s.Active) < s.Workers {
		growth = max(growth, 0) // or it would be kept from work until they are fewer
	}
	return float64(s.Inactive) + most + float64(growth*ahead) + float64(chance*math.Sqrt(s.Capacity)*ahead)
}
