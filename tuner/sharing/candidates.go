package sharing

import (
	"math"
	"slices"
)

// Limits are what weights have to keep to.
type Limits struct {
	Min, Max uint32   // of a weight above 0; 1 at least
	Now      []uint32 // the weights that stand, whose sum lblc and lblcr keep; nil is none
}

// Candidate is a choice of weights and the shares that they bring.
type Candidate struct {
	Weights []uint32
	Shares  []float64 // as by Shares
}

// An error is that of the worst share, as a part of that share and a tenth of
// an equal one: the smallest servers need not be given exactly theirs. Each has
// 0.7 of the error of the one before, so the twelfth half a percent.
const (
	mostCandidates = 12
	small          = 0.1
	coarse         = 0.3   // error that a candidate has at most, unless there is no other
	nearEnough     = 0.002 // error from which on nothing is gained
)

// Candidates returns weights for the wanted shares, from coarse to fine: each
// comes nearer to them than those before. Servers of equal shares, and equal
// traffic, have equal weights (within one under sh), and larger shares no
// smaller ones; a share of 0 has weight 0. There is at least one candidate unless the scheduler does not
// share by weight, no share is above 0, or a number is not sane.
//
//	wrr             as small as can be, since its runs go by the size
//	mh              turns that make about whole rounds of its table
//	sh              sums that make about whole rounds of its 256 buckets
//	wlc, sed, nq    as large as precision wants
//	lblc, lblcr     of the sum that stands: they compare weights with connections
//	twos            as large as its 32 bits bear
func Candidates(scheduler string, wanted []float64, t *Traffic, limits Limits) []Candidate {
	m, ok := modelOf(scheduler, t)
	if !ok || !sane(wanted...) || !(sumOf(wanted) > 0) {
		return nil
	}
	c := newChoice(m, wanted, limits)
	switch scheduler {
	case "wrr":
		c.smallest()
	case "mh":
		c.turns()
	case "sh":
		c.buckets()
	case "twos":
		c.fine(largestOfTwos(wanted, t))
	case "lblc", "lblcr":
		c.keepSum()
	default:
		c.fine(math.MaxInt32)
	}
	return c.predict()
}

// choice is candidates in the making.
type choice struct {
	model   model
	ideal   []float64 // real-valued weights, of sum 1
	top     float64   // the largest of them
	limits  Limits
	found   []Candidate
	less    float64 // error of the next one, as a part of that of one before
	nearest float64 // that of the last one found

	try   []uint32
	tried []float64 // shares of these, or their parts of the sum

	weights []uint32  // room for those of all candidates
	shares  []float64 // the same
}

func newChoice(m model, wanted []float64, limits Limits) *choice {
	n := len(wanted)
	reals, integers := make([]float64, n*(mostCandidates+2)), make([]uint32, n*(mostCandidates+1))
	c := &choice{
		model: m, ideal: reals[:n:n], tried: reals[n : 2*n], shares: reals[2*n:],
		try: integers[:n:n], weights: integers[n:],
		limits: limits, less: 0.7, nearest: math.Inf(1), found: make([]Candidate, 0, mostCandidates),
	}
	c.limits.Min, c.limits.Max = max(1, limits.Min), min(max(1, limits.Min, limits.Max), math.MaxInt32)
	m.weights(wanted, c.ideal)
	c.top = slices.Max(c.ideal)
	return c
}

// done reports whether further candidates are not worth it.
func (c *choice) done() bool {
	return len(c.found) == mostCandidates || c.nearest <= nearEnough
}

// offer takes the weights that were tried if they come nearer.
func (c *choice) offer() {
	bound := c.nearest
	if bound <= coarse {
		bound *= c.less
	}
	e := c.error(bound)
	switch {
	case e >= bound:
		return
	case len(c.found) == 0 || c.nearest <= coarse && len(c.found) < mostCandidates:
		c.found = append(c.found, Candidate{})
	}
	c.keep(len(c.found)-1, e)
}

// keep puts the weights that were tried in place of a candidate.
func (c *choice) keep(at int, e float64) {
	n := len(c.try)
	from, to := at*n, at*n+n
	c.found[at] = Candidate{c.weights[from:to:to], c.shares[from:to:to]}
	copy(c.found[at].Weights, c.try)
	c.nearest = e
}

// predict fills in the shares of all candidates.
func (c *choice) predict() []Candidate {
	for _, found := range c.found {
		c.model.shares(found.Weights, found.Shares)
	}
	return c.found
}

// error returns that of the weights that are tried: of their shares where
// these are to be in proportion to the weights, else of the weights. It looks
// no further than to a bound.
func (c *choice) error(bound float64) float64 {
	switch m := c.model.(type) {
	case shTable, mhTable:
		m.shares(c.try, c.tried)
	default:
		c.parts()
	}
	floor, worst := float64(small/float64(len(c.try))), 0.0
	for i, ideal := range c.ideal {
		off, room := math.Abs(c.tried[i]-ideal), ideal+floor
		if off > float64(worst*room) && ideal > 0 {
			if worst = off / room; worst >= bound {
				break
			}
		}
	}
	return worst
}

// parts has for tried what part each weight is of their sum.
func (c *choice) parts() {
	sum := uint64(0)
	for _, w := range c.try {
		sum += uint64(w)
	}
	scale := 1 / float64(sum)
	for i, w := range c.try {
		c.tried[i] = float64(w) * scale
	}
}

// scale tries the integers next to the ideal weights times a factor, within
// bounds, and returns their sum.
func (c *choice) scale(by float64, low, high uint32) (sum float64) {
	least, most, total := float64(low), float64(high), uint64(0)
	for i, ideal := range c.ideal {
		w := float64(ideal*by) + 0.5
		switch {
		case ideal == 0:
			w = 0
		case w < least:
			w = least
		case w > most:
			w = most
		}
		c.try[i] = uint32(w)
		total += uint64(c.try[i])
	}
	return float64(total)
}

// raise multiplies the weights that are tried until the least one is allowed,
// which changes nothing for wrr and mh; where the largest one does not bear
// that it puts them within the limits.
func (c *choice) raise() {
	if c.limits.Min == 1 {
		return
	}
	least, largest := uint32(math.MaxUint32), uint32(0)
	for _, w := range c.try {
		if w > 0 {
			least, largest = min(least, w), max(largest, w)
		}
	}
	factor := (c.limits.Min + least - 1) / least
	if uint64(factor)*uint64(largest) > uint64(c.limits.Max) {
		c.scale(float64(c.limits.Max)/c.top, c.limits.Min, c.limits.Max)
		return
	}
	for i := range c.try {
		c.try[i] *= factor
	}
}
