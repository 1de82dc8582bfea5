package tuner

import (
	"slices"
	"testing"
	"time"
)

// A meter that falls silent has the weights stand, and go back to what they were
// in the end, in steps that are no larger than any.
func TestSilentMeter(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.service().Guards.BaselineAfter = 5 * time.Minute
	copy(g.weights, []uint32{100, 100, 100})
	tuned := g.settle(t)
	g.silent = true
	for range oldestObservation {
		if p := g.step(t); p.Code == CodeStale {
			t.Fatal(p.Reason)
		}
	}
	for range 23 {
		expect(t, g.step(t), Hold, CodeNoObservations, "nothing is heard of its real servers since")
	}
	if !slices.Equal(g.weights, tuned) {
		t.Errorf("weights %v, were %v", g.weights, tuned)
	}
	steps := 0
	for ; !slices.Equal(g.weights, []uint32{100, 100, 100}); steps++ {
		before := SharesOf(g.weights)
		expect(t, g.step(t), Apply, CodeStale, "so that the weights go back to what they were before")
		if after := SharesOf(g.weights); !allWithin(after, spansOf(before, 0.35)) || steps > 20 {
			t.Fatalf("step %d: shares %v after %v", steps, after, before)
		}
	}
	if steps < 2 {
		t.Errorf("went back in %d steps", steps)
	}
	expect(t, g.step(t), Hold, CodeStale, "and the weights are those of before")
	g.silent = false
	if g.settle(t); g.weights[2] < 2*g.weights[0] {
		t.Errorf("weights %v", g.weights)
	}
}

func TestNeverBackToTheBaseline(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.service().Guards.BaselineAfter = 0
	tuned := g.settle(t)
	g.silent = true
	for range 500 {
		g.step(t)
	}
	if !slices.Equal(g.weights, tuned) {
		t.Errorf("weights %v, were %v", g.weights, tuned)
	}
}
