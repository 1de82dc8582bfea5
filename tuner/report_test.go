package tuner

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// reportsOf has a bench keep what its loop tells.
func reportsOf(b *bench) *[]Report {
	reports := &[]Report{}
	b.Tell = func(r Report) { *reports = append(*reports, r) }
	return reports
}

func whats(r Report) []string {
	var all []string
	for _, f := range r.Failures {
		all = append(all, f.What+": "+f.Error)
	}
	return all
}

// Each decision is told once it is carried out, with what could not be done.
func TestLoopTells(t *testing.T) {
	var reports *[]Report
	onBench(t, func(b *bench) { reports = reportsOf(b) }, func(t *testing.T, b *bench) {
		last := func() Report { return (*reports)[len(*reports)-1] }
		b.decisions(2)
		if r := last(); len(*reports) != 3 || r.Early || !r.Listed || !r.Read[""] || r.Failing > 0 || r.Interval != b.Config.Interval ||
			!r.Time.Equal(b.LastPlan().Time) || len(r.Plan.Services) != 1 {
			t.Errorf("%d reports, the last is %+v", len(*reports), r)
		}
		b.director.FailEdits(plantServer(2), ipvs.ErrNoServer)
		b.decisions(3)
		if got := whats(last()); len(got) != 1 || !strings.HasPrefix(got[0], "write the real server: ipvs: edit of 10.0.1.3:80 in tcp/10.0.0.1:80") {
			t.Errorf("a write that fails: %q", got)
		}
		b.director.Fail(ipvs.ErrNotSupported)
		b.decisions(1)
		if r := last(); r.Read[""] || len(r.Plan.Services) > 0 || !slices.ContainsFunc(whats(r), func(s string) bool { return strings.HasPrefix(s, "read the table: ") }) {
			t.Errorf("a table that cannot be read: %+v", r)
		}
		b.director.Fail(nil)
		b.director.FailEdits(plantServer(2), nil)
		b.decisions(5)
		if r := last(); r.Failing > 0 || !r.Read[""] {
			t.Errorf("all is well again: %+v", r)
		}
	})
}

// What is in somebody else's words is in the log alone, and what a plan says of
// a service is no failure besides. Of very many the first are told.
func TestFailures(t *testing.T) {
	b := newAlarms(zap.NewNop())
	b.note(task{what: "read the source prom", foreign: true}, errors.New("open sesame"))
	b.note(task{what: whatTune, service: plantService}, errors.New("scheduler"))
	for i := range 3 {
		b.note(task{what: "write the real server", service: plantService, server: plantServer(2 - i)}, errors.New("refused"))
	}
	b.note(task{what: "read the table", netns: "blue"}, errors.New("gone"))
	b.note(task{what: "read the table", netns: "red"}, errors.New("gone"))
	b.note(task{what: "read the table", netns: "red"}, nil)
	var got []string
	for _, f := range b.failures() {
		got = append(got, f.What+" "+f.Netns+f.Server.String()+" "+f.Error)
	}
	want := []string{"read the source prom invalid AddrPort ", "write the real server 10.0.1.1:80 refused", "write the real server 10.0.1.2:80 refused",
		"write the real server 10.0.1.3:80 refused", "read the table blueinvalid AddrPort gone"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// The codes of docs/safety.md are a guard's, those of policies are not.
func TestGuardsCodes(t *testing.T) {
	for code, want := range map[Code]bool{CodeStandby: true, CodePanic: true, CodeYielded: true, CodeObserving: true, CodeEdited: true,
		CodeGain: false, CodeSettled: false, CodeScheduler: false, "": false} {
		if code.OfGuard() != want {
			t.Errorf("%s is of a guard: %t", code, !want)
		}
	}
}
