package tuner

import (
	"context"
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
	Servers(ipvs.ServiceID) ([]ipvs.RealServer, error)
	EditServer(ipvs.ServiceID, ipvs.ServerID, ipvs.Edit) (written bool, err error)
	SetScheduler(ipvs.ServiceID, ipvs.Scheduling) (written bool, err error)
}

// Loop tunes the directors of network namespaces until it is told to stop. Set
// the exported fields before Run.
type Loop struct {
	Config  Config
	Netns   func() ([]Netns, error) // lists those that there are, at each decision; an error says which are left out
	Metrics *Metrics
	Logger  *zap.Logger
	Meters  Meters // of the sources in use, but for those of type connections
	DryRun  bool   // decide, but write neither to a director nor the state

	states States
	turns  []turn // of the last decision
	alarms *alarms

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

// Run decides at once and then every interval, and samples in between. It
// returns nil once ctx is done, or an error if the state file cannot be used.
// What fails on the way is logged and counted, and tried again.
func (l *Loop) Run(ctx context.Context) error {
	var err error
	if l.states, err = LoadStates(l.Config.StateFile); err != nil {
		return err
	}
	l.alarms = newAlarms(l.Logger)
	l.Metrics.expectSources(l.Config)
	ticker := time.NewTicker(SampleInterval)
	defer ticker.Stop()
	next := time.Now()
	for {
		now := time.Now()
		if now.Before(next) {
			l.sample(now)
		} else {
			l.cycle(ctx)
			l.Metrics.cycleTook(time.Since(now))
			next = now.Add(l.Config.Interval - now.Sub(next)%l.Config.Interval)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// sample takes one reading of each service that is tuned by the director's
// counters.
func (l *Loop) sample(now time.Time) {
	for _, t := range l.turns {
		state := l.states[t.File]
		for _, id := range t.sampled {
			servers, err := t.Director.Servers(id)
			l.alarms.note(task{what: "sample", netns: t.name(), service: id}, err)
			if err != nil {
				c, _ := t.config.service(id)
				l.Metrics.sourceFailed(c.Source.Latency)
				continue
			}
			state.Sample(id, servers, l.Config.Interval, now)
		}
		l.states[t.File] = state
	}
}

// cycle makes one decision and carries it out, unless it is told to stop. The
// state is saved before anything is written: it says what to put back one day.
func (l *Loop) cycle(ctx context.Context) {
	observations := l.observe(ctx)
	if ctx.Err() != nil {
		return
	}
	now := time.Now()
	listed := l.decide(observations, now)
	read := slices.ContainsFunc(l.turns, func(t turn) bool { return !t.failed })
	done := listed && !slices.ContainsFunc(l.turns, func(t turn) bool { return t.failed })
	if read {
		done = l.carryOut() && done
		l.note(whole(l.turns, now))
	}
	l.Metrics.decided(l.turns, l.DryRun)
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
	next, turns := make(States), []turn{}
	if err != nil {
		next = l.states.clone()
	}
	for _, n := range found {
		t, state, err := n.turn(l.Config, l.states[n.File], observations, now)
		l.alarms.note(task{what: "read the table", netns: n.name()}, err)
		if err != nil {
			l.Metrics.tableFailed(t.config)
			if i := slices.IndexFunc(l.turns, func(before turn) bool { return before.File == n.File }); i >= 0 {
				t.config, t.sampled = l.turns[i].config, l.turns[i].sampled
			}
		}
		turns = append(turns, t)
		next[n.File] = state
	}
	l.turns, l.states = turns, next
	return err == nil
}

// observe asks the meters.
func (l *Loop) observe(ctx context.Context) []Observation {
	observations, errs := l.Meters.Observe(ctx, time.Now())
	for source, err := range errs {
		if ctx.Err() != nil {
			break
		}
		l.alarms.note(task{what: "read the source " + source}, err)
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
			l.alarms.note(task{what: "tune", netns: t.name(), service: s.Service}, s.skipped())
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
