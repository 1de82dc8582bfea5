package tuner

// leastOfEqual is the least share that a server is brought down to, as a part
// of an equal one: it still gets the connections by which it can be measured
// again.
const leastOfEqual = 1.0 / 20

// span is the range of shares that a server may have after a step.
type span struct{ low, high float64 }

// spansOf returns the shares that servers may move to in one step: ratio is
// the greatest change, as a part of the server's own share. From nothing it
// goes up to the least share.
func spansOf(shares []float64, ratio float64) []span {
	spans := make([]span, len(shares))
	for i, s := range shares {
		spans[i] = span{s * (1 - ratio), min(1, s*(1+ratio))}
		if s == 0 {
			spans[i].high = leastOfEqual / float64(len(shares))
		}
	}
	return spans
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

// fit returns the shares in proportion to the wanted ones, as far as the spans
// allow, that sum to one. Wanted shares are above 0; the spans' lower ends sum
// to at most one, their upper ends to at least one.
func fit(wanted []float64, spans []span) []float64 {
	low, high := 0.0, 1.0
	for i, w := range wanted {
		high = max(high, spans[i].high/w)
	}
	// The sum grows with the factor; sixty halvings are as fine as a share is.
	for range 60 {
		if middle := (low + high) / 2; sum(within(wanted, middle, spans)) < 1 {
			low = middle
		} else {
			high = middle
		}
	}
	return within(wanted, high, spans)
}

func within(wanted []float64, factor float64, spans []span) []float64 {
	shares := make([]float64, len(wanted))
	for i, w := range wanted {
		shares[i] = min(max(factor*w, spans[i].low), spans[i].high)
	}
	return shares
}

// allWithin reports whether every share is in its span, give or take what
// arithmetic loses.
func allWithin(shares []float64, spans []span) bool {
	const rounding = 1e-9
	for i, s := range shares {
		if s < spans[i].low-rounding || s > spans[i].high+rounding {
			return false
		}
	}
	return true
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
