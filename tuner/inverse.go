package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// damping is the part of the way to the weights 1/latency that a step goes.
const damping = 0.3

// inverseLatency brings the weights nearer to 1/latency, as scripts commonly
// do: a yardstick. It is not where latencies are equal or least, since a
// latency depends on the weight that it gives rise to: the busier the servers,
// the more it swings from one to another.
func (f *fleet) inverseLatency(known *serviceState) decision {
	c := f.latencies(known)
	if !f.moves(c.free) {
		return waits()
	}
	logs := toldApart(c.logs, c.variances, c.free)
	n := integral{shares: f.sharesNow(), free: c.free, deviations: f.offInverse(logs, c.free)}
	f.note(deviations(someOfAll(n.shares), logs, c.free), looksInLatency, c.free)
	s := steering{now: n.shares, wanted: f.moved(n, damping), part: 1}
	s.gain = n.nearer(s.wanted)
	s.reason, s.code = f.farthest(s)
	if s.gain(s.wanted) == 0 {
		return hold(CodeSettled, "the weights are as the latencies")
	}
	return f.steer(s, &known.Worth)
}

// offInverse returns by how much each weight is off 1/latency, as a logarithm.
func (f *fleet) offInverse(logs []float64, free []bool) []float64 {
	off, all, n := make([]float64, len(logs)), 0.0, 0.0
	for i := range logs {
		if free[i] {
			off[i] = exact.Log(float64(f.servers[i].Weight)) + logs[i]
			all, n = all+off[i], n+1
		}
	}
	for i := range off {
		if free[i] {
			off[i] -= all / n
		}
	}
	return off
}

// nearer returns by which part of all connections shares come nearer to the
// wanted ones.
func (n *integral) nearer(wanted []float64) func(shares []float64) float64 {
	distance := func(shares []float64) float64 {
		sum := 0.0
		for i, w := range wanted {
			sum += math.Abs(shares[i] - w)
		}
		return sum / 2
	}
	before := distance(n.shares)
	return func(shares []float64) float64 { return before - distance(shares) }
}
