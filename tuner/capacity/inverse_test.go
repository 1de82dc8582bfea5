package capacity

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestBusy inverts the curves of all numbers of workers, for flows of all kinds.
func TestBusy(t *testing.T) {
	curves := NewCurves()
	for _, f := range flows() {
		for i := range curves.of {
			c := &curves.of[i]
			for _, p := range busyFractions() {
				n := c.present(p, f)
				if got, slope := c.busy(n, f); math.Abs(got-p) > 1e-7*min(p, 1-p) ||
					math.Abs(slope*p*c.marginal(p, f)-n) > 1e-2*n {
					t.Errorf("%v workers, %+v: got %v and %v for %v", c.workers, f, got, slope, p)
				}
			}
		}
	}
}

// busyFractions are from the idle to the saturated, some between any two
// places of the tables.
func busyFractions() []float64 {
	var all []float64
	for p := 1e-7; p < 1e-3; p *= 1.7 {
		all = append(all, p, 1-p)
	}
	for p := 1e-3; p < 0.999; p += 0.0017 {
		all = append(all, p)
	}
	return all
}

func TestBusyWithoutEnd(t *testing.T) {
	curves := NewCurves()
	for i := range curves.of {
		for _, present := range []float64{1e12, math.MaxFloat64, math.Inf(1)} {
			if got, _ := curves.of[i].busy(present, Chance()); !(got > 0.999999 && got < 1) {
				t.Errorf("%v workers: got %v for %v", curves.of[i].workers, got, present)
			}
		}
	}
}

func BenchmarkTake(b *testing.B) {
	curves, belief := NewCurves(), Belief{}
	random := rand.New(rand.NewPCG(1, 2))
	readings := make([]Reading, 1024)
	for i := range readings {
		readings[i] = Reading{PerSecond: 100 * math.Exp(random.NormFloat64()/20), Present: 2 * math.Exp(random.NormFloat64()/10), Done: 1000, Flow: Dealt(0.3)}
	}
	for i := range b.N {
		belief, _ = curves.Take(belief.Age(1), readings[i&1023])
	}
	if !belief.Known() {
		b.Error(belief)
	}
}
