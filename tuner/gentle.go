package tuner

import (
	"math"
	"slices"
)

// lowers is the part of its share that a server must lose in one step to be
// lowered plainly.
const lowers = 0.2

// leastWay is the least part of the way to what is wanted that is gone.
const leastWay = 0.02

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
	allowed := int(most * float64(len(before)))
	if allowed >= len(before) {
		return weights, false
	}
	first := shrunk(before, after, allowed)
	if first <= lowers {
		return weights, false
	}
	// Shares need not go as the weights, and weights are whole.
	present := weightsOf(f.servers)
	for part := lowers / first; part > leastWay; part /= 2 {
		some := f.weightsFor(between(SharesOf(present), SharesOf(weights), part))
		if _, after = f.sharesBy(some); shrunk(before, after, allowed) <= lowers {
			return some, true
		}
	}
	return present, true
}

// shrunk returns the part of its share that the server loses most of those that
// are left when so many which lose more are passed over.
func shrunk(before, after []float64, passed int) float64 {
	shrink := make([]float64, len(before))
	for i := range before {
		if before[i] > after[i] {
			shrink[i] = 1 - after[i]/before[i]
		}
	}
	slices.Sort(shrink)
	return shrink[len(shrink)-1-passed]
}

// weightsFor returns weights in proportion to shares: large enough to be within
// some per cent of them, and no larger.
func (f *fleet) weightsFor(shares []float64) []uint32 {
	least := max(10, float64(f.limits.Min)) // of the smallest
	scale := min(least/slices.Min(shares), float64(f.limits.Max)/slices.Max(shares))
	weights := make([]uint32, len(shares))
	for i, share := range shares {
		weights[i] = uint32(min(max(math.Round(scale*share), float64(f.limits.Min)), float64(f.limits.Max)))
	}
	return weights
}
