package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// overhead has schedulers that count nothing do what wlc does: it moves shares
// until the connection overhead of each server, active connections times the
// kernel's factor and inactive ones, is the same part of what it bears.
//
// Inactive connections are reckoned as they will be, not as they are: those of
// a server follow its share only as fast as they expire, in two minutes, and a
// loop that waits for that is slow or swings.
func (f *fleet) overhead(known *serviceState) decision {
	c, active := f.overheads(f.latencies(known))
	return f.even(known, c, measure{
		looks: looksInOverhead, least: 1, follows: active, even: "overheads differ by no more than their errors",
	})
}

// uncounted reports whether the scheduler takes no account of connections.
func (f *fleet) uncounted() bool { return !sharing.Counts(f.scheduler()) }

// overheads turns latencies into the servers' overheads over what they bear. It
// returns the greatest part of one that is due to active connections too.
func (f *fleet) overheads(c columns) (of columns, mostActive float64) {
	bears, errors := f.sizes(c.free)
	closed := f.closedSeconds()
	for i := range f.servers {
		s := &f.servers[i]
		if !s.measured {
			continue
		}
		active := float64(f.factor * (f.demand.Idle + float64(f.demand.requests()*s.latency)))
		part := active / (active + closed)
		rate := f.nowPerSecond(s)
		c.values[i] = float64(rate*(active+closed)) / bears[i]
		c.logs[i] = exact.Log(c.values[i])
		c.variances[i] = float64(part*part*s.variance) + errors[i]
		if f.hashes() {
			c.variances[i] += 1 / (rate * f.at.interval.Seconds()) // of the clients that it has by chance
		}
		if c.free[i] {
			mostActive = max(mostActive, part)
		}
	}
	return c, mostActive
}

// sizes returns what the servers bear, and the variance of its logarithm; as
// long as that is not known of one of them, it goes by the weights that stood
// before the tuner touched them.
func (f *fleet) sizes(free []bool) (sizes, variances []float64) {
	sizes, variances = make([]float64, len(f.servers)), make([]float64, len(f.servers))
	known := true
	for i := range f.servers {
		b := &f.servers[i].belief
		known = known && (b.Known() || !free[i])
		sizes[i], _ = b.Capacity()
		variances[i] = float64(b.Variance)
	}
	if known {
		return sizes, variances
	}
	clear(variances)
	for i := range f.servers {
		sizes[i] = f.start.weight(f.servers[i].RealServer)
	}
	return sizes, variances
}

// closedSeconds returns how long a connection counts as inactive.
func (f *fleet) closedSeconds() float64 {
	perSecond := 0.0
	for i := range f.servers {
		perSecond += f.servers[i].counted.perSecond
	}
	if perSecond == 0 {
		return 0
	}
	return f.closed() / perSecond
}
