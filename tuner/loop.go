package tuner

import (
	"context"
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
}

// Loop tunes a director until it is told to stop. Set the exported fields
// before Run.
type Loop struct {
	Config   Config
	Director Director
	Metrics  *Metrics
	Logger   *zap.Logger
	Meters   Meters // of the sources in use, but for those of type connections
	DryRun   bool   // decide, but write neither weights nor state

	state  State
	tuned  []ipvs.ServiceID // to be sampled
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
	if l.state, err = LoadState(l.Config.StateFile); err != nil {
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
	for _, id := range l.tuned {
		servers, err := l.Director.Servers(id)
		l.alarms.note(task{what: "sample", service: id}, err)
		if err != nil {
			c, _ := l.Config.service(id)
			l.Metrics.sourceFailed(c.Source.Latency)
			continue
		}
		l.state.Sample(id, servers, l.Config.Interval, now)
	}
}

// cycle makes one decision and carries it out, unless it is told to stop.
func (l *Loop) cycle(ctx context.Context) {
	observations := l.observe(ctx)
	if ctx.Err() != nil {
		return
	}
	now := time.Now()
	table, err := l.Director.Table()
	l.alarms.note(task{what: "read the table"}, err)
	if err != nil {
		l.Metrics.tableFailed(l.Config)
		return
	}
	var plan Plan
	plan, l.state = Step(l.Config, l.state, table, observations, now)
	succeeded := l.apply(plan) && l.save()
	l.note(plan)
	l.Metrics.decided(plan, l.DryRun)
	if succeeded {
		l.Metrics.succeeded(now)
	}
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
	l.tuned = l.Config.counted(plan)
	l.Meters.watch(l.Config, plan)
	listed := make(map[ipvs.ServiceID]bool)
	for _, s := range plan.Services {
		listed[s.Service] = true
		l.alarms.note(task{what: "tune", service: s.Service}, s.skipped())
	}
	l.alarms.forget(func(id ipvs.ServiceID) bool { return listed[id] })
}

// save writes the state file and reports whether that worked.
func (l *Loop) save() bool {
	if l.DryRun {
		return true
	}
	err := SaveState(l.Config.StateFile, l.state)
	l.alarms.note(task{what: "save the state"}, err)
	return err == nil
}
