package sharing

import (
	"cmp"
	"math"
	"slices"
)

// twos draws two servers by weight and takes the one with the lesser overhead
// by weight. Take the servers from the slowest to the fastest by overhead: the
// first k of them, drawn with probability P, get at least the connections for
// which both draws are among them, P², and just these where all the others
// have less overhead by weight. So, with h the overhead of a server for each
// connection per second, servers are in groups of one level
//
//	share·h/weight
//
// which falls from group to group, and the shares up to the end of a group are
// P². In a group shares are as under wlc. Both ways are the hull of a curve:
// from weights, the least concave one above the points (Σ weight/h, P²), whose
// slopes are the levels; from shares, the greatest convex one below the points
// (Σ share·h, √Σ share), whose slopes are the inverse ones.
type twos struct {
	traffic      *Traffic
	slowestFirst []int
}

func newTwos(t *Traffic) twos {
	order := make([]int, len(t.Active))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.overhead(b), t.overhead(a)) })
	return twos{t, order}
}

func (m twos) shares(weights []uint32, into []float64) {
	proportional{}.shares(weights, into)
	h := newHull(len(into))
	drawn := 0.0
	for _, i := range m.slowestFirst {
		next := drawn + into[i]
		h.add(into[i]/m.traffic.overhead(i), float64(next*next)-float64(drawn*drawn), falling)
		drawn = next
	}
	for at, slope := range h.slopes() {
		i := m.slowestFirst[at]
		into[i] = float64(slope * into[i] / m.traffic.overhead(i))
	}
	normalise(into)
}

func (m twos) weights(shares, into []float64) {
	copy(into, shares)
	normalise(into)
	h := newHull(len(into))
	share := 0.0
	for _, i := range m.slowestFirst {
		next := share + into[i]
		h.add(float64(into[i]*m.traffic.overhead(i)), math.Sqrt(next)-math.Sqrt(share), rising)
		share = next
	}
	for at, slope := range h.slopes() {
		i := m.slowestFirst[at]
		into[i] = float64(slope * into[i] * m.traffic.overhead(i))
	}
	normalise(into)
}
