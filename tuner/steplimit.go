package tuner

// span is the range of shares that a server may have after a step.
type span struct{ low, high float64 }

// stepSpans returns the shares that servers may move to in one step: ratio is
// the greatest change, as a part of the server's own share.
func stepSpans(shares []float64, ratio float64) []span {
	spans := make([]span, len(shares))
	for i, s := range shares {
		spans[i] = span{s * (1 - ratio), min(1, s*(1+ratio))}
	}
	return spans
}

// slowed returns the spans narrowed to the part of a full step that each
// server is to make; with 0 it keeps its share.
func slowed(spans []span, shares, steps []float64) []span {
	narrow := make([]span, len(spans))
	for i, s := range shares {
		narrow[i] = span{s - float64(steps[i]*(s-spans[i].low)), s + float64(steps[i]*(spans[i].high-s))}
	}
	return narrow
}

// fit returns the shares in proportion to the wanted ones, as far as the spans
// allow, that sum to one. Wanted shares are above 0; the spans' lower ends sum
// to at most one, their upper ends to at least one.
func fit(wanted []float64, spans []span) []float64 {
	low, high := 0.0, 1.0
	for i, w := range wanted {
		high = max(high, spans[i].high/w)
	}
	// The sum grows with the factor; a hundred halvings exhaust a float.
	for range 100 {
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

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
