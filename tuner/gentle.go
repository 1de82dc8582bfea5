package tuner

import (
	"math"
	"slices"
)

// lowers is the part of its share that a server must lose in one step to be
// lowered plainly.
const lowers = 0.2

// soften has a decision lower no more servers plainly at once than may be.
func (f *fleet) soften(d decision, most float64) decision {
	if d.weights == nil {
		return d
	}
	if weights, less := f.gentle(d.weights, most); less {
		d.weights = weights
		d.reason += "; a part of the way, since too many real servers would get less at once"
	}
	return d
}

// gentle returns the weights as they are, or, where they would lower the shares
// of too many servers plainly at once, others that go a part of the way there:
// a meter that is wrong about most servers does less harm. It reports whether
// they are others.
func (f *fleet) gentle(weights []uint32, most float64) ([]uint32, bool) {
	before, after := f.sharesBy(weights)
	if before == nil {
		return weights, false
	}
	shrink := make([]float64, len(before))
	for i := range before {
		if before[i] > after[i] {
			shrink[i] = 1 - after[i]/before[i]
		}
	}
	slices.Sort(shrink)
	allowed := int(most * float64(len(shrink)))
	if allowed >= len(shrink) {
		return weights, false
	}
	first := shrink[len(shrink)-1-allowed] // of those that may not
	if first <= lowers {
		return weights, false
	}
	return f.weightsFor(between(SharesOf(weightsOf(f.servers)), SharesOf(weights), lowers/first)), true
}

// weightsFor returns weights in proportion to shares: large enough to be within
// some per cent of them, and no larger.
func (f *fleet) weightsFor(shares []float64) []uint32 {
	const least = 10 // of the smallest
	scale := min(least/slices.Min(shares), float64(f.limits.Max)/slices.Max(shares))
	weights := make([]uint32, len(shares))
	for i, share := range shares {
		weights[i] = uint32(min(max(math.Round(scale*share), float64(f.limits.Min)), float64(f.limits.Max)))
	}
	return weights
}
