package tuner

import (
	"context"
	"slices"
	"time"
)

// cycle makes one decision and carries it out, unless it is told to stop. The
// state is saved before anything is written: it says what to put back one day.
func (l *Loop) cycle(ctx context.Context) {
	l.auditAll()
	observations := l.observe(ctx)
	l.ask(ctx)
	if ctx.Err() != nil {
		return
	}
	now := time.Now()
	listed := l.decide(observations, now)
	read := slices.ContainsFunc(l.turns, func(t turn) bool { return !t.failed })
	done := listed && !slices.ContainsFunc(l.turns, func(t turn) bool { return t.failed })
	if read {
		done = l.carryOut(l.turns, l.turns) && done
	}
	plan := whole(l.turns, now)
	if read {
		l.note(plan)
	}
	l.tell(plan, false, listed)
	l.Metrics.decided(l.turns, l.Config.DryRun)
	if done {
		l.Metrics.succeeded(now)
	}
}

// decide takes a turn in each network namespace and reports whether all are
// known. Where a table cannot be read the last state holds on, and what was
// sampled is sampled still. The states of namespaces that are gone are dropped.
func (l *Loop) decide(observations []Observation, now time.Time) (listed bool) {
	found, err := l.Netns()
	l.alarms.note(task{what: "list the network namespaces"}, err)
	config := l.present()
	next, turns := make(States), []turn{}
	if err != nil {
		next = l.states.clone()
	} else {
		l.locks.keep(found)
	}
	for _, n := range found {
		l.lookForOthers(&n, now)
		l.coordinate(&n)
		err := l.lock(n)
		if l.alarms.note(task{what: "take the director", netns: n.name()}, err); err != nil {
			turns, next[n.File] = append(turns, turn{Netns: n, failed: true}), l.states[n.File]
			continue
		}
		t, state, err := n.turn(config, l.states[n.File], observations, now)
		l.alarms.note(task{what: "read the table", netns: n.name()}, err)
		if err != nil {
			l.Metrics.tableFailed(t.config)
			if i := slices.IndexFunc(l.turns, func(before turn) bool { return before.File == n.File }); i >= 0 {
				t.config, t.watched, t.sampled = l.turns[i].config, l.turns[i].watched, l.turns[i].sampled
			}
		}
		l.noteAddresses(t)
		turns = append(turns, t)
		next[n.File] = state
	}
	l.turns, l.states = turns, next
	return err == nil
}

// observe asks the meters.
func (l *Loop) observe(ctx context.Context) []Observation {
	observations, errs := l.Meters.Observe(ctx, time.Now())
	l.noteAbsent(errs)
	for source, err := range errs {
		if ctx.Err() != nil {
			break
		}
		l.alarms.note(task{what: "read the source " + source, foreign: true}, err)
		if err != nil {
			l.Metrics.sourceFailed(source)
		}
	}
	return observations
}

// note keeps what the plan means for the time until the next one.
func (l *Loop) note(plan Plan) {
	l.mutex.Lock()
	l.last = plan
	l.mutex.Unlock()
	l.Meters.watch(l.turns)
	listed, failed := make(map[task]bool), make(map[string]bool)
	for _, t := range l.turns {
		listed[task{netns: t.name()}] = true
		failed[t.name()] = t.failed
		for _, s := range t.plan.Services {
			listed[task{netns: t.name(), service: s.Service}] = true
			l.alarms.note(task{what: whatTune, netns: t.name(), service: s.Service}, s.skipped())
		}
	}
	l.alarms.forget(func(t task) bool { return failed[t.netns] || listed[task{netns: t.netns, service: t.service}] })
}

// save writes the state file and reports whether that worked.
func (l *Loop) save() bool {
	err := SaveStates(l.Config.StateFile, l.states)
	l.alarms.note(task{what: "save the state"}, err)
	return err == nil
}
