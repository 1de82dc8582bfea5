package sim

import (
	"math"
	"reflect"
	"testing"
)

// TestPilot has one server, whose cost is known, and servers that are alike.
func TestPilot(t *testing.T) {
	d := demand{connections: 10, requests: 1, closed: 120, factor: 257}
	for _, scheduler := range []string{"wlc", "sed", "nq", "twos"} {
		p := newPilot(scheduler, []model{single(20)}, []uint32{7}, []float64{1}, d)
		if got := p.play(300000); math.Abs(got-0.1) > 0.003 {
			t.Errorf("%s: M/M/1 at 50 %% costs %v s", scheduler, got)
		}
		p = newPilot(scheduler, []model{single(10), single(10)}, []uint32{5, 5}, []float64{0.5, 0.5}, d)
		if p.play(50000); (scheduler == "wlc" || scheduler == "twos") && math.Abs(p.shares()[0]-0.5) > 0.05 { // sed and nq take the first of equal ones
			t.Errorf("%s: the shares of equal servers are %v", scheduler, p.shares())
		}
	}
}

// TestTried compares what is found with the formula's weights, in a pilot of
// other requests than it was found with.
func TestTried(t *testing.T) {
	tests := []struct {
		scheduler string
		most      float64 // of the formula's cost
	}{
		{"wlc", 1.01}, {"sed", 0.98}, {"nq", 1}, {"twos", 1},
	}
	models := []model{single(50), single(50), single(100), single(200)}
	d := demand{connections: 280, requests: 1, closed: 120, factor: 257}
	shares, _ := best(models, 280)
	for _, test := range tests {
		weights, got, cost := tried(test.scheduler, models, shares, d)
		formula := newPilot(test.scheduler, models, weightsFor(test.scheduler, models, shares, d), shares, d).play(100000)
		found := newPilot(test.scheduler, models, weights, got, d).play(100000)
		if found > test.most*formula {
			t.Errorf("%s: weights %v cost %v s, the formula's %v s", test.scheduler, weights, found, formula)
		}
		if math.Abs(cost-found) > 0.1*found || math.Abs(got[3]-0.55) > 0.12 {
			t.Errorf("%s: shares %v for %v s, in a longer pilot %v s", test.scheduler, got, cost, found)
		}
	}
}

// TestPlayerRemembers plays with and without a memory.
func TestPlayerRemembers(t *testing.T) {
	c := scenario("sed", 150, 1, 1, 2)
	var p Player
	for _, policy := range Policies() {
		want := outcome(t, c, policy)
		if got, err := p.Run(c, policy); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v and error %v, want %+v", policy, got, err, want)
		}
	}
	if len(p.known) != 1 {
		t.Errorf("%d situations are known", len(p.known))
	}
}
