package sharing

import (
	"math"
	"slices"
)

// An error is that of the worst share, as a part of that share and a tenth of
// an equal one: the smallest servers need not be given exactly theirs. Each has
// 0.7 of the error of the one before, or 0.9 where precision costs nothing.
const (
	mostCandidates = 12
	small          = 0.1
	coarse         = 0.3   // error that a candidate has at most, unless there is no other
	nearEnough     = 0.002 // error from which on nothing is gained
)

// choice is candidates in the making.
type choice struct {
	model   model
	ideal   []float64 // real-valued weights, of sum 1
	top     float64   // the largest of them
	least   float64   // the smallest
	limits  Limits
	found   []Candidate
	less    float64 // error of the next one, as a part of that of one before
	nearest float64 // that of the last one found

	try   []uint32
	tried []float64 // shares of these, where these are not in proportion
}

// begin begins a search in the room of the last one.
func (c *choice) begin(m model, wanted []float64, limits Limits) {
	n := len(wanted)
	*c = choice{
		model: m, ideal: resized(c.ideal, n), tried: resized(c.tried, n), try: resized(c.try, n),
		limits: limits, less: 0.7, nearest: math.Inf(1), found: c.found[:0],
	}
	c.limits.Min, c.limits.Max = max(1, limits.Min), min(max(1, limits.Min, limits.Max), math.MaxInt32)
	m.weights(wanted, c.ideal)
	c.top, c.least = slices.Max(c.ideal), slices.Min(c.ideal)
}

// resized returns a slice of that length, in place of another where that has
// the room; what is in it is undefined.
func resized[T any](room []T, n int) []T { return slices.Grow(room[:0], n)[:n] }

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
		c.found = slices.Grow(c.found, 1)[:len(c.found)+1] // with the room that was there
	}
	c.keep(len(c.found)-1, e)
}

// keep puts the weights that were tried in place of a candidate.
func (c *choice) keep(at int, e float64) {
	c.found[at].Weights = append(c.found[at].Weights[:0], c.try...)
	c.nearest = e
}

// predict fills in the shares of all candidates.
func (c *choice) predict() []Candidate {
	for i := range c.found {
		found := &c.found[i]
		found.Shares = resized(found.Shares, len(found.Weights))
		c.model.shares(found.Weights, found.Shares)
	}
	return c.found
}

// error returns that of the weights that are tried: of their shares where
// these are to be in proportion to the weights, else of the weights. It looks
// no further than to a bound.
func (c *choice) error(bound float64) float64 {
	w := worst{floor: small / float64(len(c.try))}
	switch m := c.model.(type) {
	case shTable, mhTable:
		m.shares(c.try, c.tried)
		for i, share := range c.tried {
			w.add(share, c.ideal[i])
		}
	default:
		part := 1 / float64(c.sum())
		for i, ideal := range c.ideal {
			if w.add(float64(float64(c.try[i])*part), ideal); w.error >= bound {
				break
			}
		}
	}
	return w.error
}

// sum returns that of the weights that are tried.
func (c *choice) sum() (sum uint64) {
	for _, w := range c.try {
		sum += uint64(w)
	}
	return sum
}

// worst is the error of the worst share.
type worst struct{ floor, error float64 }

func (w *worst) add(share, ideal float64) {
	off, room := math.Abs(share-ideal), ideal+w.floor
	if off > float64(w.error*room) && ideal > 0 {
		w.error = off / room
	}
}
