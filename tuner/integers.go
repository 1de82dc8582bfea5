package tuner

import (
	"math"
	"slices"
)

// tolerance is by how much the share of one of n servers may differ from what
// is wanted: 5 % of the share and half a percent of an equal one. The second
// part keeps the smallest servers from needing large weights. It shrinks with
// n, so that a change of one server among many still counts, and is at most
// 10 % of the share, so that a server far below the others can rise.
func tolerance(share float64, n int) float64 {
	return float64(0.05*share) + min(0.005/float64(n), 0.1*share)
}

// smallWeights returns the weights from low to high, the largest as small as
// can be, that give each server its share within the tolerance and, always,
// within its span; nil where there are none. Equal shares get equal weights.
//
// Small, because each round of wrr opens with a run of picks of the heaviest
// server, (largest - second)/gcd of them: with [997, 500, 503] hundreds of
// connections in a row, with [2, 1, 1] one. Where the range of weights is too
// narrow for the tolerance, a wider one is tried.
func smallWeights(shares []float64, spans []span, low, high uint32) []uint32 {
	for slack := 1.0; slack <= 16; slack *= 2 {
		narrow := make([]span, len(shares))
		for i, s := range shares {
			t := float64(slack * tolerance(s, len(shares)))
			narrow[i] = span{max(spans[i].low, s-t), min(spans[i].high, s+t)}
		}
		for largest := low; largest <= high; largest++ {
			if weights := scaled(shares, low, largest); allWithin(SharesOf(weights), narrow) {
				return weights
			}
		}
	}
	return nil
}

// scaled returns the shares as integers in proportion, from low to largest.
func scaled(shares []float64, low, largest uint32) []uint32 {
	scale := float64(largest) / slices.Max(shares)
	weights := make([]uint32, len(shares))
	for i, s := range shares {
		weights[i] = max(low, uint32(math.Round(s*scale)))
	}
	return weights
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
