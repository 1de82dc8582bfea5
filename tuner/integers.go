package tuner

import "math"

// tolerance is by how much the share of one of n servers may differ from what
// is wanted: 5 % of the share and half a percent of an equal one. The second
// part keeps the smallest servers from needing large weights. It shrinks with
// n, so that a change of one server among many still counts, and is at most
// 10 % of the share, so that a server far below the others can rise.
func tolerance(share float64, n int) float64 {
	return 0.05*share + min(0.005/float64(n), 0.1*share)
}

// smallWeights returns the weights from low to high with the smallest sum
// that give each server its share within the tolerance and, always, within
// its span; nil where there are none.
//
// Small, because each round of wrr opens with a run of picks of the heaviest
// server, (largest - second)/gcd of them: with [997, 500, 503] hundreds of
// connections in a row, with [2, 1, 1] one. Where the range of weights is too
// narrow for the tolerance, a wider one is tried.
func smallWeights(shares []float64, spans []span, low, high uint32) []uint32 {
	n := len(shares)
	for slack := 1.0; slack <= 16; slack *= 2 {
		narrow := make([]span, n)
		for i, s := range shares {
			t := slack * tolerance(s, n)
			narrow[i] = span{max(spans[i].low, s-t), min(spans[i].high, s+t)}
		}
		for sum := n * int(low); sum <= n*int(high); sum++ {
			if weights := divide(sum, shares, narrow, low, high); weights != nil {
				return weights
			}
		}
	}
	return nil
}

// divide returns weights of the given sum, as near to the shares as integers
// within the spans allow; nil where the spans allow none.
func divide(sum int, shares []float64, spans []span, low, high uint32) []uint32 {
	bounds, ok := integerSpans(sum, spans, int(low), int(high))
	if !ok {
		return nil
	}
	weights, left := make([]uint32, len(shares)), sum
	for i, b := range bounds {
		w := min(max(int(math.Round(shares[i]*float64(sum))), b.low), b.high)
		weights[i] = uint32(w)
		left -= w
	}
	for ; left != 0; left -= sign(left) {
		i := neediest(sum, left, shares, weights, bounds)
		weights[i] = uint32(int(weights[i]) + sign(left))
	}
	return weights
}

type integerSpan struct{ low, high int }

// integerSpans returns the weights that the spans allow at a given sum, and
// whether that sum can be reached.
func integerSpans(sum int, spans []span, low, high int) ([]integerSpan, bool) {
	const rounding = 1e-9
	bounds := make([]integerSpan, 0, len(spans))
	least, most := 0, 0
	for _, s := range spans {
		b := integerSpan{
			low:  max(low, int(math.Ceil(s.low*float64(sum)-rounding))),
			high: min(high, int(math.Floor(s.high*float64(sum)+rounding))),
		}
		if b.low > b.high {
			return nil, false
		}
		bounds = append(bounds, b)
		least, most = least+b.low, most+b.high
	}
	return bounds, least <= sum && sum <= most
}

// neediest returns the server whose weight, among those that can still move
// towards what is left, is furthest from its share in that direction.
func neediest(sum, left int, shares []float64, weights []uint32, bounds []integerSpan) int {
	best, need := -1, math.Inf(-1)
	for i, b := range bounds {
		w := int(weights[i])
		if left > 0 && w == b.high || left < 0 && w == b.low {
			continue
		}
		if off := (shares[i]*float64(sum) - float64(w)) * float64(sign(left)); off > need {
			best, need = i, off
		}
	}
	return best
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
