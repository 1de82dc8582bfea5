package sharing

import "math"

// Limits are what weights have to keep to.
type Limits struct {
	Min, Max uint32   // of a weight above 0; 1 at least
	Now      []uint32 // the weights that stand, whose sum is kept where it counts; nil is none
	Usual    float64  // how large weights are to be on average where a common factor does not count; 0 is small
}

// Candidate is a choice of weights and the shares that they bring.
type Candidate struct {
	Weights []uint32
	Shares  []float64 // as by Shares
}

// Candidates returns weights for the wanted shares, from coarse to fine: each
// comes nearer to them than those before. Servers of equal shares, and equal
// traffic, have equal weights (within one under sh), and larger shares no
// smaller ones; a share of 0 has weight 0. There is at least one candidate
// unless the scheduler does not share by weight, no share is above 0, or a
// number is not sane.
//
//	wrr             as small as can be, since its runs go by the size, times a common factor
//	mh              turns that make about whole rounds of its table, times a common factor
//	sh              sums that make whole rounds of its 256 buckets
//	wlc, sed, nq    as large as precision wants
//	lblc, lblcr     of the sum that stands: they compare weights with connections
//	twos            as large as its 32 bits bear
func Candidates(scheduler string, wanted []float64, t *Traffic, limits Limits) []Candidate {
	return new(Search).Candidates(scheduler, wanted, t, limits)
}

// Search keeps the room of a search for candidates from one to the next.
type Search struct {
	choice choice
	model  []float64
}

// modelOf returns the model of a scheduler, in the room of the last one.
func (s *Search) modelOf(scheduler string, t *Traffic) (model, bool) {
	s.model = resized(s.model, 2*len(t.Active))
	return modelOf(scheduler, t, s.model)
}

// Shares returns what the function of that name does, to be kept.
func (s *Search) Shares(scheduler string, weights []uint32, t *Traffic) []float64 {
	m, ok := s.modelOf(scheduler, t)
	if !ok {
		return nil
	}
	shares := make([]float64, len(weights))
	m.shares(weights, shares)
	return shares
}

// Candidates returns what the function of that name does. They are good until
// the next call.
func (s *Search) Candidates(scheduler string, wanted []float64, t *Traffic, limits Limits) []Candidate {
	m, ok := s.modelOf(scheduler, t)
	if !ok || !sane(wanted...) || !(sumOf(wanted) > 0) {
		return nil
	}
	c := &s.choice
	c.begin(m, wanted, limits)
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
