package status

import (
	"fmt"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestLargestChanges(t *testing.T) {
	for _, test := range []struct {
		name   string
		before []uint32
		after  []uint32
		want   string
		all    int
	}{
		{"none", []uint32{1, 2}, []uint32{1, 2}, "[]", 0},
		{"few", []uint32{1, 2, 3}, []uint32{1, 4, 2}, "[2→4 3→2]", 2},
		{"up and down alike, and to nothing", []uint32{100, 100, 100, 100, 100, 100}, []uint32{110, 50, 0, 90, 210, 101}, "[100→50 100→0 100→90 100→210]", 6},
		{"the first of equals", []uint32{1, 1, 1, 1, 1, 1}, []uint32{2, 2, 2, 2, 2, 3}, "[1→2 1→2 1→2 1→3]", 6},
	} {
		p := tuner.ServicePlan{}
		for i := range test.before {
			p.Servers = append(p.Servers, tuner.ServerPlan{Server: server(1, i), PreviousWeight: test.before[i], Weight: test.after[i]})
		}
		largest, all := changesOf(&p)
		texts := []string{}
		for _, c := range largest {
			texts = append(texts, fmt.Sprintf("%d→%d", c.Before, c.After))
		}
		if got := fmt.Sprint(texts); got != test.want || all != test.all {
			t.Errorf("%s: got %s of %d, want %s of %d", test.name, got, all, test.want, test.all)
		}
	}
}

// What is kept is bounded, and only of what is worth telling: a write, a guard
// that begins, and one that ends.
func TestDecisionsKept(t *testing.T) {
	var b Board
	id := ipvs.MarkService(ipvs.IPv4, 1)
	tell := func(at int, dryRun bool, action tuner.Action, code tuner.Code, weight uint32) string {
		b.Tell(tuner.Report{Time: time.Unix(int64(1e9+10*at), 0), Interval: 10 * time.Second, DryRun: dryRun, Read: map[string]bool{"": true}, Listed: true,
			Plan: tuner.Plan{Services: []tuner.ServicePlan{{Service: id, Action: action, Code: code,
				Servers: []tuner.ServerPlan{{Server: server(1, 1), PreviousWeight: 10, Weight: weight}}}}}})
		texts := []tuner.Code{}
		for _, d := range b.decisions(b.rows(), mostDecisions) {
			texts = append(texts, d.Code)
		}
		return fmt.Sprint(texts)
	}
	for at, test := range []struct {
		dryRun bool
		action tuner.Action
		code   tuner.Code
		weight uint32
		want   string
	}{
		{false, tuner.Hold, tuner.CodeObserving, 10, "[observing]"},
		{false, tuner.Hold, tuner.CodeObserving, 10, "[observing]"},
		{false, tuner.Hold, tuner.CodeSettled, 10, "[settled observing]"},
		{false, tuner.Hold, tuner.CodeWaiting, 10, "[settled observing]"},
		{false, tuner.Apply, tuner.CodeSlower, 9, "[slower settled observing]"},
		{false, tuner.Apply, tuner.CodeSlower, 8, "[slower slower settled observing]"},
		{true, tuner.Apply, tuner.CodeSlower, 7, "[slower slower settled observing]"},
		{true, tuner.Apply, tuner.CodeFaster, 7, "[faster slower slower settled observing]"},
	} {
		if got := tell(at, test.dryRun, test.action, test.code, test.weight); got != test.want {
			t.Errorf("%d: got %s, want %s", at, got, test.want)
		}
	}
	for at := range 100 {
		tell(100+at, false, tuner.Apply, tuner.CodeGain, 5)
	}
	if got := len(b.decisions(b.rows(), 1000)); got != mostDecisions {
		t.Errorf("%d decisions are kept", got)
	}
}
