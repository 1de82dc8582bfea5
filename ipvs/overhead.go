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
	connections := float64(factor)*float64(s.ActiveConnections) + float64(s.InactiveConnections)
	weight := float64(s.Weight)
	switch scheduler {
	case "lc":
		cost, ok = connections, factor != 0
	case "wlc", "lblc", "lblcr", "twos":
		cost, ok = connections/weight, factor != 0
	case "sed":
		cost, ok = (float64(s.ActiveConnections)+1)/weight, true
	case "nq":
		cost, ok = (float64(s.ActiveConnections)+1)/weight, true
		if s.ActiveConnections == 0 {
			cost = 0
		}
	}
	if ok && s.Weight == 0 {
		cost = math.Inf(1)
	}
	return cost, ok
}
