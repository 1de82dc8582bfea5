package sharing

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Start returns the weight, real-valued, at which a server that is new or
// returns gets the wanted share of the new connections, beside servers whose
// weights stay; new is its index. It is 0, unknown, where no other server has
// a weight or a connection to compare with, and for schedulers that do not
// share by weight.
//
// Schedulers that compare connections give all of them to an empty server
// until it has as many for its weight as the others have for theirs. So its
// weight follows its counts, which are those of the table now: it is to be
// reckoned anew every period, in seconds, and comes to that of [Weights] when
// the counts are steady. The server gets its steady number of active
// connections at once, and an idle one of nq its first in any case.
//
// A weight below 1 cannot be written, and 1 floods the server then: the others
// need larger ones.
func Start(scheduler string, servers []ipvs.RealServer, new int, share float64, t *Traffic, period float64) float64 {
	if len(servers) < 2 || !(share > 0) || !t.sane() || !sane(period) {
		return 0
	}
	share = min(share, mostOfStart)
	switch scheduler {
	case "wrr", "sh", "mh":
		return byShare(servers, new, share)
	case "sed", "nq":
		return byCount(servers, new, leastActive(t, nil), activeOf, float64(share*t.Rate*t.Active[new]))
	case "wlc", "lblc", "lblcr":
		return byOverhead(servers, new, share, t, period)
	case "twos":
		drawn := 1 - math.Sqrt(1-share) // wins whenever it is one of the two
		return max(byShare(servers, new, drawn), byOverhead(servers, new, share, t, period))
	}
	return 0
}

// mostOfStart is the largest share that a server starts with.
const mostOfStart = 0.99

// byShare returns the weight that is the wanted part of the sum.
func byShare(servers []ipvs.RealServer, new int, share float64) float64 {
	others := 0.0
	for i := range servers {
		if i != new {
			others += float64(servers[i].Weight)
		}
	}
	return float64(others*share) / (1 - share)
}

// byOverhead has the server filled up to the active connections that its share
// brings and the inactive ones that it will have in the middle of the period.
func byOverhead(servers []ipvs.RealServer, new int, share float64, t *Traffic, period float64) float64 {
	rate := float64(share * t.Rate)
	soon := float64(servers[new].InactiveConnections) + float64(float64(rate*period)/2)
	inactive := min(soon, float64(rate*t.Inactive[new]))
	overhead := func(s *ipvs.RealServer) float64 {
		return float64(t.Factor*float64(s.ActiveConnections)) + float64(s.InactiveConnections)
	}
	return byCount(servers, new, leastOverhead(t, nil), overhead, float64(t.Factor*rate*t.Active[new])+inactive)
}

func activeOf(s *ipvs.RealServer) float64 { return float64(s.ActiveConnections) }

// byCount returns the weight with which a count is at the level that those of
// the other servers keep.
func byCount(servers []ipvs.RealServer, new int, c counted, count func(*ipvs.RealServer) float64, own float64) float64 {
	counts, weights := 0.0, 0.0
	for i := range servers {
		if s := &servers[i]; i != new && s.Weight > 0 {
			counts += c.byWeight(i, count(s))
			weights += float64(s.Weight)
		}
	}
	if counts == 0 {
		return 0
	}
	return float64(c.byWeight(new, own) * weights / counts)
}
