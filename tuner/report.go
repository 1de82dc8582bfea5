package tuner

import (
	"cmp"
	"slices"
	"time"
)

// Report is what a loop tells of each decision, once it is carried out as far as
// it can be.
type Report struct {
	Time     time.Time // of the decision
	Interval time.Duration
	DryRun   bool // nothing is written: weights are what would be

	// Plan is of the virtual services that were decided on. Where that was Early,
	// before their period was over, all others go on as they were.
	Plan  Plan
	Early bool

	Read   map[string]bool // network namespaces by name; false where the table could not be read
	Listed bool            // there are no other network namespaces

	Absent []Absent // by source

	Failures []Failure // in order of what is concerned, mostFailures at most
	Failing  int       // how many there are
}

// Failure is something that the loop could not do when it last tried.
type Failure struct {
	What   string // as "read the table"
	Target        // zero as far as it concerns none in particular
	Error  string // "" where the log says why, since the words are not the tuner's own
}

// mostFailures is how many failures a report has.
const mostFailures = 100

// tell reports a decision.
func (l *Loop) tell(plan Plan, early, listed bool) {
	if l.Tell == nil {
		return
	}
	r := Report{Time: plan.Time, Interval: l.Config.Interval, DryRun: l.Config.DryRun, Plan: plan, Early: early,
		Read: make(map[string]bool, len(l.turns)), Listed: listed, Absent: l.absent}
	for _, t := range l.turns {
		r.Read[t.name()] = !t.failed
	}
	r.Failures = l.alarms.failures()
	r.Failing = len(r.Failures)
	r.Failures = r.Failures[:min(r.Failing, mostFailures)]
	l.Tell(r)
}

// failures returns what fails, but for services that are skipped, whose plans
// say so.
func (a *alarms) failures() []Failure {
	var all []Failure
	for t, err := range a.failing {
		if t.what == whatTune {
			continue
		}
		f := Failure{What: t.what, Target: Target{Netns: t.netns, Service: t.service, Server: t.server}}
		if !t.foreign {
			f.Error = err.Error()
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Failure) int {
		return cmp.Or(a.Target.Compare(b.Target), cmp.Compare(a.What, b.What))
	})
	return all
}
