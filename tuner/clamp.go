package tuner

import "slices"

// leastOfEqual is the least share of a server, as a part of an equal one: it
// still gets the connections by which it can be measured again.
const leastOfEqual = 1.0 / 20

// withinRatio returns the shares with the small ones raised so that none is
// below the largest over ratio, what the range of the weights allows.
func withinRatio(shares []float64, ratio float64) []float64 {
	largest := slices.Max(shares)
	raised := make([]float64, len(shares))
	for i, s := range shares {
		raised[i] = max(s, largest/ratio)
	}
	total := sum(raised)
	for i := range raised {
		raised[i] /= total
	}
	return raised
}

// aboveFloor returns the spans with the servers' least share as their lower
// end, as far as their upper end lets it; unless the lower ends then leave no
// room, as beside a server that keeps nearly everything.
func aboveFloor(spans []span) []span {
	floor := leastOfEqual / float64(len(spans))
	raised, total := make([]span, len(spans)), 0.0
	for i, s := range spans {
		raised[i] = span{max(s.low, min(floor, s.high)), s.high}
		total += raised[i].low
	}
	if total > 1 {
		return spans
	}
	return raised
}
