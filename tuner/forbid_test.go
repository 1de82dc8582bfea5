package tuner

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// guarded is a plant that is tuned as run does it, guards included, by a meter
// that may fall silent.
type guarded struct {
	*plant
	cfg    Config
	state  State
	counts float64 // connections of each server
	silent bool
}

func newGuarded(rates ...float64) *guarded {
	g := &guarded{plant: newPlant(1, 0.5*sum(rates), rates...), cfg: withSource("prom", "prom")}
	g.cfg.Services[0].Policy = Optimize
	return g
}

func (g *guarded) service() *ServiceConfig { return &g.cfg.Services[0] }

// step lets a period pass and carries out what is decided.
func (g *guarded) step(t *testing.T) ServicePlan {
	t.Helper()
	seen := g.observe()
	if g.silent {
		seen = nil
	}
	table := g.table()
	g.counts += g.demand * g.period.Seconds() / float64(len(g.rates))
	for i := range table.Services[0].Servers {
		table.Services[0].Servers[i].Stats.Connections = uint64(g.counts)
	}
	var plan Plan
	plan, g.state = Step(g.cfg, g.state, table, seen, g.now)
	if at := g.state.unsound(); at != nil {
		t.Fatalf("unsound state of %s", at)
	}
	g.apply(plan)
	return plan.Services[0]
}

// settle steps until weights were written and stand, and returns them.
func (g *guarded) settle(t *testing.T) []uint32 {
	t.Helper()
	wrote, quiet := false, 0
	for range 100 {
		if g.step(t).Action == Apply {
			wrote, quiet = true, 0
		} else {
			quiet++
		}
		if wrote && quiet == 5 {
			return slices.Clone(g.weights)
		}
	}
	t.Fatal("does not settle")
	return nil
}

// expect wants a decision with nothing written, and this in its reason.
func expect(t *testing.T, p ServicePlan, action Action, code Code, reason string) {
	t.Helper()
	if p.Action != action || p.Code != code || !strings.Contains(p.Reason, reason) {
		t.Fatalf("got %s %s: %s; want %s %s: %s", p.Action, p.Code, p.Reason, action, code, reason)
	}
}

func TestNewServiceIsOnlyObserved(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.service().Guards.ObserveFirst = 3
	expect(t, g.step(t), Hold, CodeObserving, "is new, and looked at for 3 more periods before anything is written; otherwise: saves about")
	expect(t, g.step(t), Hold, CodeObserving, "for 2 more periods")
	expect(t, g.step(t), Hold, CodeObserving, "for 1 more periods")
	expect(t, g.step(t), Apply, CodeGain, "")
}

func TestStandby(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.service().standby = "address 10.0.0.9 is not on this host"
	for range 5 {
		expect(t, g.step(t), Skip, CodeStandby, "address 10.0.0.9 is not on this host")
	}
	g.service().standby = ""
	if g.settle(t); g.weights[2] < 2*g.weights[0] {
		t.Errorf("weights %v", g.weights)
	}
}

// An edit of somebody else's is left alone for a while. Who makes one after each
// write has the service for a day, and another chance to be tuned after that.
func TestConflicts(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.service().Settle = time.Minute
	for n := 1; n <= mostConflicts; n++ {
		g.settle(t)
		copy(g.weights, []uint32{7, 7, 7})
		if n == mostConflicts {
			break
		}
		for range 6 {
			if p := g.step(t); p.Code != CodeEdited || p.conflict != (g.state.Services[plantService].Guard.Edited == stampOf(g.now)) {
				t.Fatalf("conflict %d: got %s, conflict %t: %s", n, p.Code, p.conflict, p.Reason)
			}
		}
		if !slices.Equal(g.weights, []uint32{7, 7, 7}) {
			t.Errorf("conflict %d: wrote %v", n, g.weights)
		}
	}
	for began := g.now; g.now.Sub(began) < yields; {
		expect(t, g.step(t), Skip, CodeYielded, "somebody else keeps changing weights, who has the service until 2026-01-03")
	}
	if !slices.Equal(g.weights, []uint32{7, 7, 7}) {
		t.Errorf("wrote %v", g.weights)
	}
	if g.settle(t); g.weights[2] < 2*g.weights[0] {
		t.Errorf("weights %v", g.weights)
	}
}

func TestKnownWriterHasTheServiceAtOnce(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.service().writers = "kube-proxy (interface kube-ipvs0)"
	g.settle(t)
	g.weights[1]++
	expect(t, g.step(t), Skip, CodeYielded, "which may be kube-proxy (interface kube-ipvs0), who has the service until")
}

// Who drains a server brings it back, with a weight of theirs: that is no
// conflict, and the tuner leaves the server alone meanwhile.
func TestDrainingIsNoConflict(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.settle(t)
	g.weights[0] = 0
	for range 10 {
		if p := g.step(t); p.conflict || g.weights[0] != 0 {
			t.Fatalf("weight %d, conflict %t: %s", g.weights[0], p.conflict, p.Reason)
		}
	}
	g.weights[0] = 5
	for range 10 {
		if p := g.step(t); p.conflict || p.Code == CodeEdited {
			t.Fatal(p.Reason)
		}
	}
}

// The clock of an edit is by the calendar: one that is set back does not make it
// last longer.
func TestClockSetBackDuringAnEdit(t *testing.T) {
	g := newGuarded(100, 100, 400)
	g.settle(t)
	copy(g.weights, []uint32{7, 7, 7})
	expect(t, g.step(t), Hold, CodeEdited, "")
	g.now = g.now.Add(-time.Hour)
	steps := 0
	for ; g.step(t).Code == CodeEdited; steps++ {
		if steps > 61 {
			t.Fatal("is still left alone")
		}
	}
	if steps < 59 {
		t.Errorf("was left alone for %d periods", steps)
	}
}
