package tuner

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// SampleInterval is how often the active connections of the tuned services are
// read between two decisions: at low load their number is mostly chance, and
// five readings a second average it out at the cost of one short dump each.
const SampleInterval = 200 * time.Millisecond

// Director is the part of the IPVS client that the tuner needs.
type Director interface {
	Table() (*ipvs.Table, error)
	Reuse(*ipvs.Table) // is told of a table that is not used any more
	Servers(ipvs.ServiceID) ([]ipvs.RealServer, error)
	EditServers(ipvs.ServiceID, []ipvs.ServerEdit) []ipvs.Edited
	SetScheduler(ipvs.ServiceID, ipvs.Scheduling) (written bool, err error)
}

// Loop tunes the directors of network namespaces until it is told to stop. Set
// the exported fields before Run.
type Loop struct {
	Config       Config
	Netns        func() ([]Netns, error) // lists those that there are, at each decision; an error says which are left out
	Metrics      *Metrics
	Logger       *zap.Logger
	Meters       Meters        // of the sources in use, but for those of type connections
	Coordination *Coordination // nil is none
	Audit        io.Writer     // of the audit log, which gets a line at a time; nil is none
	Tell         func(Report)  // is told of each decision, and waited for; nil is nobody

	states States
	turns  []turn // of the last decision
	alarms *alarms
	locks  locks
	others others

	absent        []Absent // by source
	auditor       auditor
	orders        Orders
	uncoordinated error // why there are none

	mutex sync.Mutex
	last  Plan
}

// LastPlan returns the plan of the last decision; it is zero before the first.
// It may be called while the loop runs.
func (l *Loop) LastPlan() Plan {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.last
}

// Run decides at once and then every interval, and samples in between. About
// every second it looks for what cannot wait, and decides on that at once. It
// returns nil once ctx is done, or an error if the state file cannot be used or
// another tuner has one of the directors.
// What fails on the way is logged and counted, and tried again.
func (l *Loop) Run(ctx context.Context) error {
	var err error
	if l.states, err = LoadStates(l.Config.StateFile); err != nil {
		return err
	}
	l.alarms, l.auditor = newAlarms(l.Logger), auditor{to: l.Audit}
	defer func() { l.locks.keep(nil) }()
	if err := l.Lock(); err != nil {
		return err
	}
	l.Metrics.expectSources(l.Config)
	ticker := time.NewTicker(SampleInterval)
	defer ticker.Stop()
	next, looked := time.Now(), time.Time{}
	for {
		now := time.Now()
		switch {
		case !now.Before(next):
			l.cycle(ctx)
			l.Metrics.cycleTook(time.Since(now))
			next = now.Add(l.Config.Interval - now.Sub(next)%l.Config.Interval)
			looked = now
		case now.Sub(looked) >= LookInterval:
			l.look(ctx, now)
			looked = now
		default:
			l.sample(now)
		}
		select {
		case <-ctx.Done():
			l.exit()
			return nil
		case <-ticker.C:
		}
	}
}

// sample takes one reading of each service that is tuned by the director's
// counters or has thresholds.
func (l *Loop) sample(now time.Time) {
	for _, t := range l.turns {
		state := l.states[t.File]
		for _, id := range t.sampled {
			l.sampleService(&t, id, &state, now)
		}
		l.states[t.File] = state
	}
}

// sampleService takes one reading of a service, and writes the thresholds that
// follow. It returns its servers, nil where it cannot be read.
func (l *Loop) sampleService(t *turn, id ipvs.ServiceID, state *State, now time.Time) []ipvs.RealServer {
	servers, err := t.Director.Servers(id)
	if ofDirector(err) { // all services, one after the other
		l.alarms.note(task{what: "read the table", netns: t.name()}, err)
	} else {
		l.alarms.note(task{what: "sample", netns: t.name(), service: id}, err)
	}
	if errors.Is(err, ipvs.ErrNoService) {
		state.forget(id)
	}
	if err != nil {
		if slices.Contains(t.sampled, id) {
			c, _ := t.config.service(id)
			l.Metrics.sourceFailed(c.Source.last())
		}
		return nil
	}
	state.Sample(id, servers, l.Config.Interval, now)
	if !l.Config.DryRun {
		l.limit(*t, id, state.Limit(t.config, id, servers, now), now)
	}
	return servers
}
