package tuner

import (
	"cmp"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// otherLatency is the factor between two latencies that cannot both be those of
// a server at the same moment.
const otherLatency = 4

// contradict takes out the observations of servers of which one source says two
// things of the same moment that cannot both be: which of them is wrong is not
// known. It returns those servers. The observations are in order.
func (s *sourced) contradict() []ipvs.ServerID {
	var torn []ipvs.ServerID
	for i := 1; i < len(s.of); i++ {
		before, o := s.of[i-1], s.of[i]
		if before.Server == o.Server && before.contradicts(o) && !slices.Contains(torn, o.Server) {
			torn = append(torn, o.Server)
		}
	}
	if torn != nil {
		s.of = slices.DeleteFunc(s.of, func(o *Observation) bool { return slices.Contains(torn, o.Server) })
	}
	return torn
}

// contradicts reports whether two observations of a server cannot both be.
func (o *Observation) contradicts(other *Observation) bool {
	if !o.Time.Equal(other.Time) || o.check() != nil || other.check() != nil {
		return false
	}
	if o.ErrorRatio != nil && other.ErrorRatio != nil {
		if min(*o.ErrorRatio, *other.ErrorRatio) <= mostErrors/2 && max(*o.ErrorRatio, *other.ErrorRatio) > mostErrors {
			return true
		}
	}
	a, b := cmp.Or(o.latency(), new(0.0)), cmp.Or(other.latency(), new(0.0))
	return min(*a, *b) > 0 && max(*a, *b) > otherLatency*min(*a, *b)
}
