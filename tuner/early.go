package tuner

import (
	"context"
	"slices"
	"time"
)

// look follows a new plan, looks at the conditions under which services are
// written to, samples every tuned service, and decides at once on those that
// cannot wait for the next decision.
func (l *Loop) look(ctx context.Context, now time.Time) {
	l.auditAll()
	if l.told() {
		l.followEarly(ctx, now)
	}
	l.lookAround()
	failing := l.Meters.failing(now)
	for i := range l.turns {
		t := &l.turns[i]
		state, seen := l.states[t.File], observationsIn(t.name(), failing)
		alarms := make(Alarms)
		for _, id := range t.watched {
			servers := l.sampleService(t, id, &state, now)
			if why := state.Alarm(id, servers, seen, now); why != "" {
				alarms[id] = why
			}
		}
		l.states[t.File] = state
		if len(alarms) > 0 && t.follows == nil {
			l.decideEarly(i, alarms, seen, now)
		}
	}
}

// decideEarly makes a decision on the services of a turn that there are alarms
// of, and carries it out.
func (l *Loop) decideEarly(at int, alarms Alarms, failing []Observation, now time.Time) {
	l.turns = slices.Clone(l.turns) // the last ones are shown elsewhere
	t := &l.turns[at]
	table, c, err := t.Read(l.Config)
	l.alarms.note(task{what: "read the table", netns: t.name()}, err)
	if err != nil {
		l.Metrics.tableFailed(t.config)
		return
	}
	early := turn{Netns: t.Netns, config: c, inputs: &inputs{table, l.states[t.File], failing}}
	early.plan, l.states[t.File] = StepEarly(c, l.states[t.File], table, failing, alarms, now)
	all := slices.Clone(l.turns)
	all[at].plan = t.plan.with(early.plan)
	l.carryOut([]turn{early}, all)
	t.plan = t.plan.with(early.plan)
	l.note(whole(l.turns, now))
	l.tell(whole([]turn{early}, now), true, true)
	l.Metrics.decidedEarly(early, l.turns)
}

// with returns the plan with the services of a later one in place of its own.
func (p Plan) with(later Plan) Plan {
	p.Time, p.Services = later.Time, slices.Clone(p.Services)
	for _, s := range later.Services {
		i := slices.IndexFunc(p.Services, func(known ServicePlan) bool { return known.Service == s.Service })
		if i >= 0 {
			p.Services[i] = s
		}
	}
	return p
}
