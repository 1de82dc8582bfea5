package tuner

import (
	"errors"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// exitTime is for how long services are put back at the end. What the director
// is doing then is waited for.
const exitTime = 10 * time.Second

// errExitLate says why a service is not put back.
var errExitLate = errors.New("the time for that is over")

// exit writes down what waits for that, and does what the configuration says
// about the end: nothing, or it puts back what stood before, in all network
// namespaces, and saves the state that follows, by which there is nothing left
// to put back but what could not be.
func (l *Loop) exit() {
	l.auditAll()
	if l.Config.OnExit != RestoreAtExit || l.Config.DryRun {
		return
	}
	found, err := l.Netns()
	l.alarms.note(task{what: "list the network namespaces"}, err)
	until := time.Now().Add(exitTime)
	for _, n := range found {
		if len(l.states[n.File].Baseline) == 0 {
			continue
		}
		if err = l.locks.take(n); err == nil {
			err = l.restore(n, until)
		}
		l.alarms.note(task{what: "put back what stood before", netns: n.name()}, err)
	}
	l.save()
}

// restore puts back what stood before in one network namespace.
func (l *Loop) restore(n Netns, until time.Time) error {
	state, config := l.states[n.File], l.of(n)
	left := maps.Clone(state.Baseline)
	err := state.Baseline.restore(n, func(id ipvs.ServiceID, steps []restoring) {
		if time.Now().After(until) {
			l.alarms.note(task{what: "put back what stood before", netns: n.name(), service: id}, errExitLate)
			return
		}
		if why := config.standby(id); why != nil {
			l.alarms.note(task{what: "put back what stood before", netns: n.name(), service: id}, why)
			return
		}
		putBack(n.Director, id, steps)
		if l.restored(n, id, steps) {
			delete(left, id)
			if known, ok := state.Services[id]; ok {
				state.Services[id] = known.welcome()
			}
		}
	})
	state.Baseline = left
	l.states[n.File] = state
	return err
}

// restored tells what was put back of a virtual service, and reports whether
// that is all.
func (l *Loop) restored(n Netns, id ipvs.ServiceID, steps []restoring) (all bool) {
	all = true
	line := auditLine{Time: instant(time.Now()), Netns: n.name(), Service: id, Action: auditRestore, Reason: "the tuner was told to stop"}
	for i := range steps {
		r := &steps[i].result
		of := task{what: "put back", netns: n.name(), service: id, server: r.Of.Server}
		l.alarms.note(of, r.Err)
		if all = all && r.Err == nil; r.Err == nil && len(r.Changes)+len(r.Left) > 0 {
			l.Logger.Info("put back", append(of.fields(), zap.Strings("changes", r.Changes), zap.Strings("left", r.Left))...)
		}
		if len(r.Changes) > 0 {
			l.Metrics.count(true, r.Err)
			line.add(steps[i].change, true, r.Err)
		}
	}
	l.audit(&line, nil)
	return all
}

// welcome returns the state with servers that were ejected as others, and other
// weights for all, since these are no more the tuner's: a weight of 0 that is
// found later is somebody else's, and one that was put back is no edit.
func (s serviceState) welcome() serviceState {
	for _, known := range s.Out {
		known.Outage.Since = 0
		s.Servers = append(slices.Clip(s.Servers), known)
	}
	s.Out, s.Rest, s.Guard.Sum = nil, rest{}, 0
	slices.SortFunc(s.Servers, func(a, b serverState) int { return a.ID.Compare(b.ID) })
	return s
}
