package tuner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Restoration is what came of one virtual service or real server.
type Restoration struct {
	Of      Target   // without a server where it is about the service's scheduler
	Changes []string // as "weight 120 -> 100"
	Left    []string // as "weight 7 is somebody else's"
	Gone    bool     // from the table
	Err     error    // why the changes were not made
}

// String returns a line for people.
func (r Restoration) String() string {
	did := slices.Concat(r.Changes, r.Left)
	switch {
	case r.Gone:
		did = []string{"is gone, passed over"}
	case len(did) == 0:
		did = []string{"stands as before"}
	}
	text := r.Of.String() + ": " + strings.Join(did, "; ")
	if r.Err != nil {
		text += "; not written: " + r.Err.Error()
	}
	return text
}

// Restore puts back, in one network namespace, what stood before the tuner
// first touched it; in a dry run it writes nothing. It changes what the tuner
// left, and nothing that somebody else has changed since. It says what came of
// each virtual service and real server that the tuner touched, in order, as it
// goes. The error is that of reading the table.
func Restore(n Netns, state State, dryRun bool, say func(Restoration)) error {
	return state.Baseline.restore(n, func(id ipvs.ServiceID, steps []restoring) {
		if !dryRun {
			putBack(n.Director, id, steps)
		}
		for _, step := range steps {
			step.result.Of.Netns = n.name()
			say(step.result)
		}
	})
}

// restore reads the table and calls do with the steps for each virtual service,
// in order.
func (b baselines) restore(n Netns, do func(ipvs.ServiceID, []restoring)) error {
	if len(b) == 0 {
		return nil
	}
	table, err := n.Director.Table()
	if err != nil {
		return err
	}
	services := make(map[ipvs.ServiceID]*ipvs.VirtualService)
	for i := range table.Services {
		services[table.Services[i].ID] = &table.Services[i]
	}
	for _, id := range slices.SortedFunc(maps.Keys(b), ipvs.ServiceID.Compare) {
		do(id, b[id].restore(id, services[id]))
	}
	return nil
}

// restoring is one step of a restoration.
type restoring struct {
	result     Restoration
	scheduling *ipvs.Scheduling // nil where there is none to write
	edit       ipvs.Edit        // zero where there is nothing to write
	change     auditChange      // that these are
}

// putBack writes what the steps for a virtual service change, the scheduler
// first, and notes what could not be written.
func putBack(d Director, id ipvs.ServiceID, steps []restoring) {
	var edits []ipvs.ServerEdit
	var of []*restoring
	for i := range steps {
		s := &steps[i]
		if s.scheduling != nil {
			_, s.result.Err = d.SetScheduler(id, *s.scheduling)
		}
		if s.edit != (ipvs.Edit{}) {
			edits, of = append(edits, ipvs.ServerEdit{Server: s.result.Of.Server, Edit: s.edit}), append(of, s)
		}
	}
	if len(edits) == 0 {
		return
	}
	for i, r := range d.EditServers(id, edits) {
		of[i].result.Err = r.Err
	}
}

// restore returns the steps for a virtual service; v is nil where it is gone.
func (b baseline) restore(id ipvs.ServiceID, v *ipvs.VirtualService) []restoring {
	if v == nil {
		return []restoring{{result: Restoration{Of: Target{Service: id}, Gone: true}}}
	}
	var steps []restoring
	if b.Scheduling.touched() {
		steps = append(steps, b.restoreScheduler(v))
	}
	servers := make(map[ipvs.ServerID]*ipvs.RealServer)
	for i := range v.Servers {
		servers[v.Servers[i].ID] = &v.Servers[i]
	}
	for _, s := range b.Servers {
		steps = append(steps, s.restore(Target{Service: id, Server: s.Server}, servers[s.Server]))
	}
	return steps
}

func (b baseline) restoreScheduler(v *ipvs.VirtualService) restoring {
	step := restoring{result: Restoration{Of: Target{Service: v.ID}}}
	step.scheduling = b.Scheduling.restore(v.Scheduling(), false, "scheduler", func(s ipvs.Scheduling) string { return s.Scheduler }, &step.result)
	step.change.Scheduler = auditedOf(v.Scheduler, b.Scheduling.Was.Scheduler)
	return step
}

func (b serverBaseline) restore(of Target, s *ipvs.RealServer) restoring {
	step := restoring{result: Restoration{Of: of, Gone: s == nil}}
	if s == nil {
		return step
	}
	step.edit.Weight = b.Weight.restore(s.Weight, false, "weight", func(w uint32) string { return fmt.Sprint(w) }, &step.result)
	present := thresholds{s.UpperThreshold, s.LowerThreshold}
	if to := b.Thresholds.restore(present, b.own(present), "thresholds", thresholds.String, &step.result); to != nil {
		step.edit.UpperThreshold, step.edit.LowerThreshold = &to.Upper, &to.Lower
	}
	step.change = auditEdit(s, step.edit)
	return step
}

// String returns UPPER/LOWER.
func (t thresholds) String() string { return fmt.Sprintf("%d/%d", t.Upper, t.Lower) }

// restore returns what a value is to be again, nil where it is to stay, and
// notes why.
func (k kept[T]) restore(present T, own bool, what string, text func(T) string, note *Restoration) *T {
	switch {
	case !k.touched(), present == k.Was:
		return nil
	case !own && !k.ours(present):
		note.Left = append(note.Left, fmt.Sprintf("%s %s is somebody else's, left alone", what, text(present)))
		return nil
	}
	note.Changes = append(note.Changes, fmt.Sprintf("%s %s -> %s", what, text(present), text(k.Was)))
	return &k.Was
}
