package ipvs

import (
	"math/bits"
	"slices"
)

// AppendExpectedShares appends the shares of new connections that the weights
// of a virtual service's real servers promise by themselves, in the order of the
// servers; nothing for schedulers whose choice is about something else, and for
// a service without available servers. Overloaded servers count as they would
// without their threshold.
//
//	rr             equal shares for all but weight 0
//	wrr            in proportion to the weights
//	sh             its 256 buckets, as dealt out; see shBuckets
//	mh             turns of filling its table; see mhTurns
//	fo             all for the first of those with the largest weight
//
// The shares of sh and mh are of equally busy clients.
func AppendExpectedShares(dst []float64, scheduler string, servers []RealServer) []float64 {
	shares := slices.Grow(dst, len(servers))[:len(dst)+len(servers)]
	parts := shares[len(dst):]
	clear(parts)
	switch scheduler {
	case "rr":
		for i := range servers {
			parts[i] = float64(min(servers[i].Weight, 1))
		}
	case "wrr":
		for i := range servers {
			parts[i] = float64(servers[i].Weight)
		}
	case "sh":
		shBuckets(servers, parts)
	case "mh":
		mhTurns(servers, parts)
	case "fo":
		firstOfLargest(servers, parts)
	}
	if !normalise(parts) {
		return dst
	}
	return shares
}

// normalise divides parts by their sum, unless that is 0.
func normalise(parts []float64) bool {
	sum := 0.0
	for _, p := range parts {
		sum += p
	}
	if sum == 0 {
		return false
	}
	for i := range parts {
		parts[i] /= sum
	}
	return true
}

// shBuckets deals out the 256 buckets of sh as ip_vs_sh.c:ip_vs_sh_reassign
// does: round after round through the list, each server takes as many in a
// row as its weight says, one at weight 0. Buckets of a server at weight 0
// fail or, with sh-fallback, go elsewhere, so they count for none.
func shBuckets(servers []RealServer, parts []float64) {
	const buckets = 256
	for dealt := 0; dealt < buckets && len(servers) > 0; {
		for i := range servers {
			take := min(max(int(servers[i].Weight), 1), buckets-dealt)
			dealt += take
			if servers[i].Weight > 0 {
				parts[i] += float64(take)
			}
		}
	}
}

// mhTurns counts the turns that each server has in a round of filling mh's
// table (ip_vs_mh.c:ip_vs_mh_permutate): the weights without their common
// divisor, shifted right until the largest has six bits, 1 at least.
func mhTurns(servers []RealServer, parts []float64) {
	var divisor, largest uint32
	for i := range servers {
		divisor = gcd(divisor, servers[i].Weight)
		largest = max(largest, servers[i].Weight)
	}
	if largest == 0 {
		return
	}
	shift := max(bits.Len32(largest/divisor)-6, 0)
	for i := range servers {
		if w := servers[i].Weight; w > 0 {
			parts[i] = float64(max((w/divisor)>>shift, 1))
		}
	}
}

func firstOfLargest(servers []RealServer, parts []float64) {
	best := -1
	for i := range servers {
		if w := servers[i].Weight; w > 0 && (best < 0 || w > servers[best].Weight) {
			best = i
		}
	}
	if best >= 0 {
		parts[best] = 1
	}
}

func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
