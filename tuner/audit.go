package tuner

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// auditLine is a line of the audit log: what was changed of one virtual service
// at once, and why.
type auditLine struct {
	Time    time.Time      `json:"time"`            // of the decision
	Netns   string         `json:"netns,omitempty"` // "" is the program's own
	Service ipvs.ServiceID `json:"service"`
	Policy  Policy         `json:"policy,omitempty"`
	Action  Action         `json:"action"`
	Code    Code           `json:"code,omitempty"`
	Reason  string         `json:"reason"`
	Inputs  string         `json:"inputs_sha256,omitempty"` // of the decision, see [inputs.digest]
	Changes []auditChange  `json:"changes"`                 // in the order of the writes
}

const (
	// auditLimit is the action of thresholds that are written between two decisions.
	auditLimit Action = "limit"
	// auditRestore is the action of what is put back at the end.
	auditRestore Action = "restore"
)

// auditChange is one write: of a real server, or else of the service's scheduler.
type auditChange struct {
	Server         ipvs.ServerID   `json:"server,omitzero"`
	Scheduler      audited[string] `json:"scheduler,omitzero"`
	Weight         audited[uint32] `json:"weight,omitzero"`
	UpperThreshold audited[uint32] `json:"upper_threshold,omitzero"`
	LowerThreshold audited[uint32] `json:"lower_threshold,omitzero"`
	Reason         string          `json:"reason,omitempty"`
	Error          string          `json:"error,omitempty"` // why it was not written
}

// audited is a value before and after a change. The zero one did not change.
type audited[T comparable] struct {
	Before T `json:"before"`
	After  T `json:"after"`
}

func auditedOf[T comparable](before, after T) audited[T] {
	if before == after {
		return audited[T]{}
	}
	return audited[T]{before, after}
}

// auditEdit returns the change that an edit is of a server as it stands.
func auditEdit(s *ipvs.RealServer, e ipvs.Edit) auditChange {
	after, _ := e.Apply(*s) // one that is refused as well
	return auditChange{
		Server:         s.ID,
		Weight:         auditedOf(s.Weight, after.Weight),
		UpperThreshold: auditedOf(s.UpperThreshold, after.UpperThreshold),
		LowerThreshold: auditedOf(s.LowerThreshold, after.LowerThreshold),
	}
}

// audited returns the change that the plan of a server is.
func (p *ServerPlan) audited() auditChange {
	return auditChange{
		Server:         p.Server,
		Weight:         auditedOf(p.PreviousWeight, p.Weight),
		UpperThreshold: auditedOf(p.PreviousUpperThreshold, p.UpperThreshold),
		LowerThreshold: auditedOf(p.PreviousLowerThreshold, p.LowerThreshold),
		Reason:         p.Reason.String(),
	}
}

// add adds a change that was written, or could not be. One that was there
// already is none.
func (a *auditLine) add(c auditChange, written bool, err error) {
	if err != nil {
		c.Error = err.Error()
	}
	if written || err != nil {
		a.Changes = append(a.Changes, c)
	}
}

// merge adds a change to the line, as one with an earlier one of the same server.
func (a *auditLine) merge(c auditChange, written bool, err error) {
	i := slices.IndexFunc(a.Changes, func(earlier auditChange) bool { return earlier.Server == c.Server && earlier.Error == "" })
	if i < 0 || err != nil || !written {
		a.add(c, written, err)
		return
	}
	e := &a.Changes[i]
	e.Reason = c.Reason
	e.UpperThreshold, e.LowerThreshold = e.UpperThreshold.then(c.UpperThreshold), e.LowerThreshold.then(c.LowerThreshold)
}

// then returns two changes, of which the later one may be none, as one.
func (a audited[T]) then(later audited[T]) audited[T] {
	switch zero := (audited[T]{}); {
	case later == zero:
		return a
	case a == zero:
		return later
	}
	return auditedOf(a.Before, later.After)
}

// auditor writes the audit log.
type auditor struct {
	to      io.Writer             // nil is none
	torn    bool                  // what was written last is no whole line
	pending map[Target]*auditLine // of thresholds that are written between two decisions, by service
}

// of returns the line that waits for more changes of a service.
func (a *auditor) of(service Target) *auditLine {
	if a.pending == nil {
		a.pending = make(map[Target]*auditLine)
	}
	if a.pending[service] == nil {
		a.pending[service] = &auditLine{Netns: service.Netns, Service: service.Service}
	}
	return a.pending[service]
}

// write writes a line, which begins one of its own whatever the last one came
// to.
func (a *auditor) write(line *auditLine) error {
	var text bytes.Buffer
	if a.torn {
		text.WriteByte('\n')
	}
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(line); err != nil {
		return err
	}
	n, err := a.to.Write(text.Bytes())
	a.torn = err != nil && (a.torn || n > 0)
	return err
}

// audit writes down what was changed of a service, after what waits of it, and
// what the decision was made of; nil is nothing.
func (l *Loop) audit(line *auditLine, made *inputs) {
	l.auditPending(Target{Netns: line.Netns, Service: line.Service})
	if made != nil && l.audits(line) {
		line.Inputs = made.digest(line.Service)
	}
	l.writeAudit(line)
}

// audits reports whether a line is to be written.
func (l *Loop) audits(line *auditLine) bool { return l.auditor.to != nil && len(line.Changes) > 0 }

// auditAll writes down all that waits.
func (l *Loop) auditAll() {
	for _, service := range slices.SortedFunc(maps.Keys(l.auditor.pending), Target.Compare) {
		l.auditPending(service)
	}
}

func (l *Loop) auditPending(service Target) {
	if line := l.auditor.pending[service]; line != nil {
		delete(l.auditor.pending, service)
		l.writeAudit(line)
	}
}

func (l *Loop) writeAudit(line *auditLine) {
	if !l.audits(line) {
		return
	}
	err := l.auditor.write(line)
	l.alarms.note(task{what: "write the audit log"}, err)
	if err != nil {
		l.Metrics.auditErrors.Inc()
	}
}
