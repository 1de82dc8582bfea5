package ipvs

import "math"

// Overhead returns the cost by which a scheduler compares a real server with
// others, by the formula of the kernel's own code; the lowest is chosen next.
// It is +Inf at weight 0. ok is false for schedulers that compute no cost,
// and for those that count with the factor of [Director] when
// that is 0, unknown.
//
//	lc                     active·factor + inactive
//	wlc, lblc, lblcr, twos that, divided by the weight
//	sed                    (active + 1) / weight
//	nq                     the same, and 0 for an idle server, which goes first
//
// (net/netfilter/ipvs/ip_vs_lc.c, _wlc.c, _lblc.c, _lblcr.c, _twos.c, _sed.c,
// _nq.c). The kernel compares products rather than quotients, to the same end.
func Overhead(scheduler string, s *RealServer, factor uint32) (cost float64, ok bool) {
	f := formulaOf(scheduler, factor)
	if f == nil {
		return 0, false
	}
	return f(s, float64(factor)), true
}

// AppendOverheads appends the [Overhead] of each of the servers, or nothing where
// there is none.
func AppendOverheads(costs []float64, scheduler string, servers []RealServer, factor uint32) []float64 {
	f := formulaOf(scheduler, factor)
	if f == nil {
		return costs
	}
	for i := range servers {
		costs = append(costs, f(&servers[i], float64(factor)))
	}
	return costs
}

// formulaOf returns the formula of a scheduler, nil where there is none.
func formulaOf(scheduler string, factor uint32) func(s *RealServer, factor float64) float64 {
	switch scheduler {
	case "sed":
		return shortestDelay
	case "nq":
		return neverQueue
	}
	if factor == 0 {
		return nil
	}
	switch scheduler {
	case "lc":
		return leastConnections
	case "wlc", "lblc", "lblcr", "twos":
		return weightedConnections
	}
	return nil
}

func leastConnections(s *RealServer, factor float64) float64 {
	if s.Weight == 0 {
		return math.Inf(1)
	}
	return factor*float64(s.ActiveConnections) + float64(s.InactiveConnections)
}

func weightedConnections(s *RealServer, factor float64) float64 {
	return leastConnections(s, factor) / float64(s.Weight) // +Inf divided by 0 is itself
}

func shortestDelay(s *RealServer, _ float64) float64 {
	return (float64(s.ActiveConnections) + 1) / float64(s.Weight) // over 0, so +Inf at 0
}

func neverQueue(s *RealServer, factor float64) float64 {
	if s.ActiveConnections == 0 && s.Weight != 0 {
		return 0
	}
	return shortestDelay(s, factor)
}
