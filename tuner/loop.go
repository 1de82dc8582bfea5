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
// counters or has thresholds, and writes the thresholds that follow.
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
			if !l.DryRun {
				l.limit(t, id, state.Limit(t.config, id, servers, now))
			}
		}
		l.states[t.File] = state
	}
}
