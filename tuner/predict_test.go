package tuner

import (
	"math"
	"testing"
)

// A dry run tells what the latency would be under the weights that it wants, and
// is about right. As weights stay, only demand that varies tells how many requests
// a server works on at once.
func TestPredictedLatency(t *testing.T) {
	g := newGuarded(100, 100, 200)
	var p ServicePlan
	usual := g.demand
	for n := range 20 {
		g.demand = usual * (0.9 + 0.1*float64(n%3))
		present := [3]uint32(g.weights)
		p = g.step(t)
		copy(g.weights, present[:])
	}
	var now, then float64
	for i, s := range p.Servers {
		now += *s.PreviousShareRatio * g.latency(i, *s.PreviousShareRatio*g.demand)
		then += *s.ShareRatio * g.latency(i, *s.ShareRatio*g.demand)
	}
	about := func(got, want float64) bool { return math.Abs(got-want) < 0.15*want }
	if p.Action != Apply || !about(p.PreviousPredictedLatencySeconds, now) || !about(p.PredictedLatencySeconds, then) || then > 0.9*now {
		t.Errorf("%s: predicted %v s, then %v s; they are %v s and %v s", p.Action,
			p.PreviousPredictedLatencySeconds, p.PredictedLatencySeconds, now, then)
	}
}

func TestNothingIsPredictedWhereNothingIsKnown(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.silent = true
	if p := g.step(t); p.PredictedLatencySeconds != 0 || p.PreviousPredictedLatencySeconds != 0 {
		t.Errorf("predicted %v s, then %v s", p.PreviousPredictedLatencySeconds, p.PredictedLatencySeconds)
	}
}
