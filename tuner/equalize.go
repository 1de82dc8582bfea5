package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// equalize moves shares from the servers that need longer than the mean to
// those that need less, by one step.
func (f *fleet) equalize(known *serviceState) decision {
	return f.even(known, f.latencies(known), measure{
		looks: looksInLatency, follows: 1, even: "latencies differ by no more than their errors",
	})
}

// columns holds what is measured of the servers side by side; 0 is not known.
type columns struct {
	values, logs, variances []float64
	free                    []bool // to be compared: measured since the weights changed, not failing, not behind
}

func (f *fleet) latencies(known *serviceState) columns {
	n := len(f.servers)
	c := columns{make([]float64, n), make([]float64, n), make([]float64, n), make([]bool, n)}
	for i := range f.servers {
		s := &f.servers[i]
		if s.measured {
			c.values[i], c.logs[i], c.variances[i] = s.latency, exact.Log(s.latency), s.variance
			c.free[i] = !s.failing && !f.behind(s) && known.fresh(s, f.at)
		}
	}
	return c
}

// measure is what servers are to have the same of.
type measure struct {
	looks          looks
	least, follows float64 // how it changes with a share; see gain
	even           string  // why shares stay where it is the same
}

// even moves shares by one step towards the same measure of all servers.
func (f *fleet) even(known *serviceState, c columns, m measure) decision {
	if !f.moves(c.free) {
		return waits()
	}
	n := f.compare(c.logs, c.variances, c.free)
	f.note(n.deviations, m.looks, c.free)
	if !f.unequal(n) {
		return hold(CodeSettled, m.even)
	}
	gain, part := f.gain(c.free, m.least, m.follows)
	s := steering{now: n.shares, wanted: f.moved(n, gain), part: part, gain: f.relief(n, c.values)}
	s.reason, s.code = f.farthest(s)
	return f.steer(s, &known.Worth)
}

// moves reports whether there is a server that may have a reason to move.
func (f *fleet) moves(free []bool) bool {
	for i := range f.servers {
		if s := &f.servers[i]; free[i] || s.failing || f.behind(s) {
			return true
		}
	}
	return false
}

// waits is the decision where nothing is to be compared.
func waits() decision {
	return hold(CodeWaiting, "no measurement is of the weights that stand")
}

// note takes the comparison into the reasons of the servers.
func (f *fleet) note(deviations []float64, of looks, free []bool) {
	for i := range f.servers {
		s := &f.servers[i]
		switch {
		case free[i]:
			s.reason = s.comparison(of, deviations[i])
		case s.failing:
		case f.behind(s):
			s.reason = Reason{looks: looksFalling, source: s.source}
		}
	}
}

// unequal reports whether there is a reason to move shares.
func (f *fleet) unequal(n integral) bool {
	for i := range f.servers {
		if s := &f.servers[i]; n.deviations[i] != 0 || s.failing || f.behind(s) {
			return true
		}
	}
	return false
}

// farthest says of the server whose share is to change most, of those that have
// a reason of their own, what it is.
func (f *fleet) farthest(s steering) (string, Code) {
	most, distance := 0, -1.0
	for i, w := range s.wanted {
		if d := math.Abs(w - s.now[i]); f.servers[i].reason.tells() && d > distance {
			most, distance = i, d
		}
	}
	v := &f.servers[most]
	code := CodeSlower
	switch {
	case v.failing:
		code = CodeFailing
	case s.wanted[most] > s.now[most]:
		code = CodeFaster
	}
	return v.ID.String() + " " + v.reason.String(), code
}
