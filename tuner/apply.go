package tuner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// carryOut saves the state and writes what the turns' plans change, and
// reports whether all of that worked. Where it did not, the plans are changed
// to say so. Nothing is written that could not be put back for want of a state,
// nor before all that holds from now on is published.
func (l *Loop) carryOut(turns, all []turn) bool {
	defer forget(turns)
	if l.Config.DryRun {
		return true
	}
	var why error
	if !l.save() {
		why = errUnsaved
	}
	if why == nil {
		why = l.publish(all)
	}
	done := why == nil
	for _, t := range turns {
		t.config = t.lookAround(t.config) // much may have happened until the state was saved
		for i := range t.plan.Services {
			done = l.apply(t, &t.plan.Services[i], why) && done
		}
	}
	return done
}

// apply writes what the plan of a virtual service changes, in its order, unless
// something speaks against it, and reports whether that worked. Where one
// server cannot be written, the others are written all the same.
func (l *Loop) apply(t turn, p *ServicePlan, against error) bool {
	done, line := true, t.audit(p)
	if against == nil {
		against = t.config.standby(p.Service)
	}
	if p.Scheduler != "" {
		change := auditChange{Scheduler: auditedOf(p.PreviousScheduler, p.Scheduler)}
		written, err := l.schedule(t, p, against)
		if line.add(change, written, err); err != nil {
			p.unscheduled(err)
			done = false
		}
	}
	var changed []*ServerPlan
	for i := range p.Servers {
		if s := &p.Servers[i]; s.changes() {
			changed = append(changed, s)
		}
	}
	for i, r := range l.write(t, p.Service, changed, against) {
		if line.add(changed[i].audited(), r.Written, r.Err); r.Err != nil {
			l.states[t.File].unwritten(p.Service, changed[i], r.Err)
			changed[i].unwritten(r.Err)
			done = false
		}
	}
	l.audit(&line, t.inputs)
	return done
}

// limit writes thresholds between two decisions. That is not logged each time,
// and written down with what else comes of it within a second.
func (l *Loop) limit(t turn, service ipvs.ServiceID, changed []ServerPlan, now time.Time) {
	if len(changed) == 0 {
		return
	}
	edits := make([]ipvs.ServerEdit, len(changed))
	for i := range changed {
		edits[i] = changed[i].edit()
	}
	line := l.auditor.of(Target{Netns: t.name(), Service: service})
	line.Time, line.Action, line.Reason = instant(now), auditLimit, "thresholds between two decisions"
	for i, r := range t.Director.EditServers(service, edits) {
		change := changed[i].audited()
		change.Reason = strings.TrimPrefix(changed[i].Reason.besides, "; ") // how the server looks was no part of it
		line.merge(change, r.Written, r.Err)
		l.noteWrite(task{what: "write the real server", netns: t.name(), service: service, server: changed[i].Server}, r.Err)
		l.Metrics.count(r.Written, r.Err)
	}
}

// schedule changes the scheduler of a virtual service.
func (l *Loop) schedule(t turn, p *ServicePlan, against error) (written bool, err error) {
	if against != nil {
		return false, against
	}
	task := task{what: "change the scheduler", netns: t.name(), service: p.Service}
	written, err = t.Director.SetScheduler(p.Service, ipvs.Scheduling{Scheduler: p.Scheduler})
	l.written(task, written, err, change("scheduler", p.PreviousScheduler, p.Scheduler))
	return written, err
}

// write sets what differs of real servers, in one edit each, and returns what
// came of each.
func (l *Loop) write(t turn, service ipvs.ServiceID, changed []*ServerPlan, against error) []ipvs.Edited {
	if against != nil || len(changed) == 0 {
		return slices.Repeat([]ipvs.Edited{{Err: against}}, len(changed))
	}
	edits := make([]ipvs.ServerEdit, len(changed))
	for i, s := range changed {
		edits[i] = s.edit()
	}
	results := t.Director.EditServers(service, edits)
	for i, r := range results {
		s := changed[i]
		task := task{what: "write the real server", netns: t.name(), service: service, server: s.Server}
		l.written(task, r.Written, r.Err,
			change("weight", s.PreviousWeight, s.Weight),
			change("upper_threshold", s.PreviousUpperThreshold, s.UpperThreshold),
			change("lower_threshold", s.PreviousLowerThreshold, s.LowerThreshold),
			zap.Stringer("reason", s.Reason))
	}
	return results
}

// written logs and counts what a write came to.
func (l *Loop) written(t task, written bool, err error, changes ...zap.Field) {
	l.noteWrite(t, err)
	l.Metrics.count(written, err)
	if written && err == nil {
		l.Logger.Info("written", append(t.fields(), changes...)...)
	}
}

// noteWrite takes the outcome of a write. What speaks against all writes to the
// director, or to the service, is told once, and over with the first that
// succeeds.
func (l *Loop) noteWrite(t task, err error) {
	director, service := task{what: "write the table", netns: t.netns}, task{what: t.what, netns: t.netns, service: t.service}
	switch {
	case ofDirector(err):
		t = director
	case errors.Is(err, ipvs.ErrNoService):
		t = service
	case err == nil:
		l.alarms.note(director, nil)
		l.alarms.note(service, nil)
	}
	l.alarms.note(t, err)
}

// change is a log's field for a value that changes, none for one that does not.
func change[T comparable](name string, from, to T) zap.Field {
	if from == to {
		return zap.Skip()
	}
	return zap.String(name, fmt.Sprint(from, " -> ", to))
}

// changes reports whether anything is to be written.
func (p *ServerPlan) changes() bool {
	return p.Weight != p.PreviousWeight || p.thresholds() != p.previousThresholds()
}

// edit returns what differs, for a server that still has the weight by which it
// was decided. The thresholds go together: the kernel refuses a
// lower one above the upper one, whichever comes first.
func (p *ServerPlan) edit() ipvs.ServerEdit {
	var e ipvs.Edit
	if p.Weight != p.PreviousWeight {
		e.Weight, e.IfWeight = &p.Weight, &p.PreviousWeight
	}
	if p.thresholds() != p.previousThresholds() {
		e.UpperThreshold, e.LowerThreshold = &p.UpperThreshold, &p.LowerThreshold
	}
	return ipvs.ServerEdit{Server: p.Server, Edit: e}
}

// unwritten has the plan say that it was not carried out.
func (p *ServerPlan) unwritten(why error) {
	p.Weight, p.UpperThreshold, p.LowerThreshold = p.PreviousWeight, p.PreviousUpperThreshold, p.PreviousLowerThreshold
	p.Reason.besides += "; not written: " + why.Error()
}

// unscheduled has the plan say that the scheduler was not changed.
func (p *ServicePlan) unscheduled(why error) {
	p.Scheduler, p.PreviousScheduler = "", ""
	p.Reason += "; not written: " + why.Error()
}

// skipped returns the reason of a skipped service as an error, else nil. Nothing
// is wrong with standby.
func (p *ServicePlan) skipped() error {
	if p.Action != Skip || p.Code == CodeStandby {
		return nil
	}
	return errors.New(p.Reason)
}
