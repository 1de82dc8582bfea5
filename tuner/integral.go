package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// correction is the part of a deviation that a step puts right. Steps wait
	// for measurements of what the one before brought, however late they come,
	// so up to 2 the loop is stable.
	correction = 0.6
	// leastBold and mostBold bound how far a share follows a deviation.
	leastBold = 0.05
	mostBold  = 0.6
	// relieved is how busy a server is to become that fell behind.
	relieved = 0.85
	// failed is what a request counts as that fails or has to wait for all those
	// before it, in means of the others.
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
	shares := f.sharesNow()
	return integral{shares, free, deviations(someOfAll(shares), toldApart(logs, variances, free), free)}
}

// moved returns the shares after a step. What makes up for a deviation is
// exp(-gain·deviation). A saturated server is set by its goodput instead, since
// its latency only tells how long it has been so; a failing one loses what it
// may; others keep theirs.
func (f *fleet) moved(n integral, gain float64) []float64 {
	wanted := someOfAll(n.shares)
	rest, compared := 1.0, 0.0
	for i := range f.servers {
		switch s := &f.servers[i]; {
		case n.free[i]:
			wanted[i] *= exact.Exp(-gain * n.deviations[i])
			compared += wanted[i]
			continue
		case s.failing:
			wanted[i] *= 1e-3
		case f.behind(s):
			wanted[i] = max(1e-3*wanted[i], min(wanted[i], f.bearable(s)))
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

// someOfAll returns the shares with the least one that a server is brought down
// to where one has none, as sh has it beyond its 256 buckets.
func someOfAll(shares []float64) []float64 {
	some := append([]float64{}, shares...)
	for i, share := range shares {
		if share == 0 {
			some[i] = leastOfEqual / float64(len(shares))
		}
	}
	return some
}

// behind reports whether a server gets plainly more than it answers, where
// connections are requests: they become more, or so many wait already that it
// has its hands full with these.
func (f *fleet) behind(s *server) bool {
	n := s.counted
	if !n.known || s.source != "" && !f.demand.plain() {
		return false
	}
	came := float64(n.perSecond * n.seconds)
	if came-n.done > max(4*math.Sqrt(came), 0.05*came) {
		return true
	}
	c, _ := s.belief.Capacity()
	late := f.backlog(s)
	return s.bears() && late > 0.2*c && f.nowPerSecond(s)+late > c
}

// bearable returns the share at which a server that is behind works off what
// waits in two periods, or as much as it can beside half of what it answers.
func (f *fleet) bearable(s *server) float64 {
	goodput := max(0, s.counted.done) / s.counted.seconds * f.demand.requests()
	return max(0.5*goodput, float64(relieved*goodput)-f.backlog(s)) / f.total
}

// gain returns how far shares follow deviations: the nearer the busiest of the
// compared servers is to saturation, the more a share changes what is measured.
// Its logarithm changes by least times that of the share, and by latency's part
// of it, which grows with load ρ as 1/(1-ρ).
// part is that of the way to no deviation.
func (f *fleet) gain(free []bool, least, latency float64) (gain, part float64) {
	busiest := 0.0
	for i := range f.servers {
		if s := &f.servers[i]; free[i] {
			if c, _ := s.belief.Capacity(); s.bears() {
				busiest = max(busiest, min(mostBusy, f.nowPerSecond(s)/c))
			}
		}
	}
	sensitivity := least + float64(latency*busiest/(1-busiest))
	gain = min(max(correction/sensitivity, leastBold), mostBold)
	return gain, max(gain*sensitivity, gain/mostBold)
}

// relief returns by which part the mean over the connections of what each costs
// at its server falls with shares. Those of servers that fail or fall behind
// cost many times the mean of the others, those of unknown ones the mean.
func (f *fleet) relief(n integral, costs []float64) func(shares []float64) float64 {
	total, known := 0.0, 0.0
	for i, free := range n.free {
		if free {
			total, known = total+float64(n.shares[i]*costs[i]), known+n.shares[i]
		}
	}
	mean := 1.0
	if known > 0 {
		mean = total / known
	}
	for i, free := range n.free {
		switch s := &f.servers[i]; {
		case s.failing, f.behind(s):
			costs[i] = failed * mean
		case !free:
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
