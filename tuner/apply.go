package tuner

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// carryOut saves the state and writes what the turns' plans change, and
// reports whether all of that worked. Where it did not, the plans are changed
// to say so. Nothing is written that could not be put back for want of a state.
func (l *Loop) carryOut(turns []turn) bool {
	if l.DryRun {
		return true
	}
	var why error
	if !l.save() {
		why = errors.New("the state cannot be saved")
	}
	done := why == nil
	for _, t := range turns {
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
	done := true
	if p.Scheduler != "" {
		if err := l.schedule(t, p, against); err != nil {
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
	for i, err := range l.write(t, p.Service, changed, against) {
		if err != nil {
			changed[i].unwritten(err)
			done = false
		}
	}
	return done
}

// limit writes thresholds between two decisions. That is not logged each time.
func (l *Loop) limit(t turn, service ipvs.ServiceID, changed []ServerPlan) {
	if len(changed) == 0 {
		return
	}
	edits := make([]ipvs.ServerEdit, len(changed))
	for i := range changed {
		edits[i] = changed[i].edit()
	}
	for i, r := range t.Director.EditServers(service, edits) {
		l.alarms.note(task{what: "write the real server", netns: t.name(), service: service, server: changed[i].Server}, r.Err)
		l.Metrics.count(r.Written, r.Err)
	}
}

// schedule changes the scheduler of a virtual service.
func (l *Loop) schedule(t turn, p *ServicePlan, against error) error {
	if against != nil {
		return against
	}
	task := task{what: "change the scheduler", netns: t.name(), service: p.Service}
	written, err := t.Director.SetScheduler(p.Service, ipvs.Scheduling{Scheduler: p.Scheduler})
	l.written(task, written, err, change("scheduler", p.PreviousScheduler, p.Scheduler))
	return err
}

// write sets what differs of real servers, in one edit each, and returns what
// went wrong with each.
func (l *Loop) write(t turn, service ipvs.ServiceID, changed []*ServerPlan, against error) []error {
	errs := make([]error, len(changed))
	if against != nil || len(changed) == 0 {
		for i := range errs {
			errs[i] = against
		}
		return errs
	}
	edits := make([]ipvs.ServerEdit, len(changed))
	for i, s := range changed {
		edits[i] = s.edit()
	}
	for i, r := range t.Director.EditServers(service, edits) {
		s := changed[i]
		task := task{what: "write the real server", netns: t.name(), service: service, server: s.Server}
		l.written(task, r.Written, r.Err,
			change("weight", s.PreviousWeight, s.Weight),
			change("upper_threshold", s.PreviousUpperThreshold, s.UpperThreshold),
			change("lower_threshold", s.PreviousLowerThreshold, s.LowerThreshold),
			zap.Stringer("reason", s.Reason))
		errs[i] = r.Err
	}
	return errs
}

// written logs and counts what a write came to.
func (l *Loop) written(t task, written bool, err error, changes ...zap.Field) {
	l.alarms.note(t, err)
	l.Metrics.count(written, err)
	if written && err == nil {
		l.Logger.Info("written", append(t.fields(), changes...)...)
	}
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

// skipped returns the reason of a skipped service as an error, else nil.
func (p *ServicePlan) skipped() error {
	if p.Action != Skip {
		return nil
	}
	return errors.New(p.Reason)
}
