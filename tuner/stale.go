package tuner

import (
	"fmt"
	"slices"
	"time"
)

// listen notes whether anything is heard of a virtual service: a server was
// measured, there is nothing to be measured by, or it is the director's counters
// that tell, which take their time where there are few connections.
func (f *fleet) listen(known *serviceState, counters bool) {
	g := &known.Guard
	heard := func(s server) bool { return s.heard }
	if counters || g.Heard.IsZero() || g.Heard > f.at.now || f.demand.PerSecond == 0 || slices.ContainsFunc(f.servers, heard) {
		g.Heard = f.at.now
	}
}

// silence returns for how long nothing was heard, and whether that is too long.
func (g *guarding) silence(at moment) (lasts time.Duration, long bool) {
	lasts = at.now.sub(g.Heard)
	return lasts, lasts > at.staleness
}

// silent returns what is done where nothing is heard of a service for long, nil
// where that is not so: weights are held, and go back to what they were before
// the tuner in the end.
func (c *ServiceConfig) silent(f *fleet, known *serviceState) *decision {
	lasts, long := known.Guard.silence(f.at)
	if !long {
		return nil
	}
	reason := fmt.Sprintf("nothing is heard of its real servers since %s", lasts.Round(time.Second))
	if c.Guards.BaselineAfter == 0 || lasts < c.Guards.BaselineAfter {
		d := hold(CodeNoObservations, reason)
		return &d
	}
	d := f.goBack(reason)
	return &d
}

// goBack takes the weights a step nearer to what they were before the tuner.
func (f *fleet) goBack(reason string) decision {
	present, start := weightsOf(f.servers), make([]uint32, len(f.servers))
	for i := range start {
		start[i] = min(max(uint32(f.start.weight(f.servers[i].RealServer)), f.limits.Min), f.limits.Max)
	}
	if slices.Equal(present, start) {
		return hold(CodeStale, reason+", and the weights are those of before")
	}
	spans := spansOf(SharesOf(present), f.limits.MaxChangeRatio)
	weights := start
	if wanted := SharesOf(start); !allWithin(wanted, spans) {
		weights = f.weightsFor(fit(wanted, spans))
	}
	return decision{action: Apply, code: CodeStale, weights: weights, reason: reason + ", so that the weights go back to what they were before"}
}
