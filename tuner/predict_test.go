package tuner

import (
	"math"
	"testing"
)

// A dry run tells what the latency would be under the weights that it wants, and
// is about right.
func TestPredictedLatency(t *testing.T) {
	g := newGuarded(100, 100, 200)
	var p ServicePlan
	for range 10 {
		present := [3]uint32(g.weights)
		p = g.step(t)
		copy(g.weights, present[:])
	}
	var now, then float64
	for i, s := range p.Servers {
		now += *s.PreviousShareRatio * g.latency(i, *s.PreviousShareRatio*g.demand)
		then += *s.ShareRatio * g.latency(i, *s.ShareRatio*g.demand)
	}
	about := func(got, want float64) bool { return math.Abs(got-want) < 0.2*want }
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
