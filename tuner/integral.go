package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// correction is the part of a deviation that a step puts right where
	// measurements are of the period just past. Of those d periods older,
	// 1/(2d+1) of it is: a loop with that delay is stable up to
	// 2·sin(π/(2(2d+1))), which is 2, 1, 0.62 and 0.45, and this is a fifth to
	// a third of it.
	correction = 0.6
	// leastBold and mostBold bound how far a share follows a deviation.
	leastBold = 0.05
	mostBold  = 0.6
	// relieved is how busy a server is to become that fell behind.
	relieved = 0.85
	// failed is what a request to a failing server counts as, in means of the
	// others.
	failed = 10
)

// integral is one step of integral control: servers of which something is above
// the mean lose shares of the connections, those below gain them.
type integral struct {
	shares     []float64 // now
	free       []bool    // servers that are compared
	deviations []float64 // of the logarithm from the mean, 0 where a server is not plainly off it
}

// compare compares the logarithms of what is measured of servers, with the
// variance of each, where they are free.
func (f *fleet) compare(logs, variances []float64, free []bool) integral {
	n := integral{shares: f.sharesNow(), free: free}
	n.deviations = deviations(n.shares, toldApart(logs, variances, free), free)
	return n
}

// moved returns the shares after a step. What makes up for a deviation is
// exp(-gain·deviation). A saturated server is set by its goodput instead, since
// its latency only tells how long it has been so; a failing one loses what it
// may; others keep theirs.
func (f *fleet) moved(n integral, gain float64) []float64 {
	wanted := append([]float64{}, n.shares...)
	rest, compared := 1.0, 0.0
	for i := range f.servers {
		switch s := &f.servers[i]; {
		case n.free[i]:
			wanted[i] *= exact.Exp(-gain * n.deviations[i])
			compared += wanted[i]
			continue
		case s.failing:
			wanted[i] = float64(1e-3 * n.shares[i])
		case f.behind(s):
			wanted[i] = max(1e-3*n.shares[i], min(n.shares[i], f.bearable(s)))
		}
		rest -= wanted[i]
	}
	for i, free := range n.free {
		if free {
			wanted[i] *= max(0.01, rest) / compared
		}
	}
	return wanted
}

// behind reports whether a server gets plainly more than it answers, where
// connections are requests.
func (f *fleet) behind(s *server) bool {
	c := s.counted
	if !c.known || s.source != "" && !f.demand.plain() {
		return false
	}
	came := float64(c.perSecond * c.seconds)
	return came-c.done > max(4*math.Sqrt(came), 0.05*came)
}

// bearable returns the share at which a server that is behind keeps up.
func (f *fleet) bearable(s *server) float64 {
	goodput := max(0, s.counted.done) / s.counted.seconds * f.demand.requests()
	return float64(relieved*goodput) / f.total
}

// gain returns how far shares follow deviations: the nearer the busiest of the
// compared servers is to saturation, the more a share changes what is measured.
// Its logarithm changes by least times that of the share, and by latency's part
// of it, which grows with load ρ as 1/(1-ρ).
func (f *fleet) gain(free []bool, least, latency float64) float64 {
	busiest, lag := 0.0, 0.0
	for i := range f.servers {
		if s := &f.servers[i]; free[i] {
			lag = max(lag, s.lag)
			if c, _ := s.belief.Capacity(); s.bears() {
				busiest = max(busiest, min(mostBusy, f.nowPerSecond(s)/c))
			}
		}
	}
	sensitivity := least + float64(latency*busiest/(1-busiest))
	return min(max(correction/sensitivity, leastBold), mostBold) / (2*lag + 1)
}

// relief returns by which part the mean over the connections of what each costs
// at its server falls with shares. Servers that are not known cost the mean.
func (n *integral) relief(costs []float64, servers []server) func(shares []float64) float64 {
	total, known := 0.0, 0.0
	for i, s := range n.shares {
		if costs[i] > 0 && !servers[i].failing {
			total, known = total+float64(s*costs[i]), known+s
		}
	}
	mean := total / known
	for i := range costs {
		switch {
		case servers[i].failing:
			costs[i] = failed * mean
		case costs[i] == 0:
			costs[i] = mean
		}
	}
	return func(shares []float64) float64 {
		before, after := 0.0, 0.0
		for i, cost := range costs {
			before, after = before+float64(n.shares[i]*cost), after+float64(shares[i]*cost)
		}
		return (before - after) / before
	}
}
