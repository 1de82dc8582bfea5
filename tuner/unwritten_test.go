package tuner

import (
	"errors"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// A server whose weight cannot be written as it is to come back is tried again,
// and one that is drained as its ejection is refused stays drained.
func TestRefusedWrites(t *testing.T) {
	g := newGate(4)
	for range 5 {
		g.step(t)
	}
	g.failing[1] = true
	p := g.step(t)
	if g.weights[1] != 0 {
		t.Fatalf("is not ejected: %s", p.Reason)
	}
	g.failing[1] = false
	p = g.step(t)
	if p.Servers[1].PreviousWeight != 0 || p.Servers[1].Weight == 0 {
		t.Fatalf("is not tried again: %s", p.Reason)
	}
	g.state.unwritten(plantService, &p.Servers[1], ipvs.ErrNotPermitted)
	g.weights[1] = 0
	if g.step(t); g.weights[1] == 0 {
		t.Error("is not tried again after a refusal")
	}
}

func TestDrainedAsItsEjectionIsRefused(t *testing.T) {
	for _, why := range []error{ipvs.ErrNotPermitted, ipvs.ErrChanged, errUnsaved} {
		g := newGate(4)
		for range 5 {
			g.step(t)
		}
		g.failing[1] = true
		p := g.step(t)
		g.state.unwritten(plantService, &p.Servers[1], why)
		g.failing[1] = false // its weight is 0, by somebody else
		for range 10 {
			g.step(t)
		}
		if g.weights[1] != 0 {
			t.Errorf("%v: is brought back", why)
		}
		if known := baselineOf(g.state, 1); known.touched() {
			t.Errorf("%v: restore would make of 0 %d", why, known.Was)
		}
	}
	g := newGate(2)
	g.state.unwritten(plantService, &ServerPlan{}, errors.New("anything"))
}
