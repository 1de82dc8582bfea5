package tuner

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Meter measures real servers by other means than the director's counters.
type Meter interface {
	// Watch says which servers to measure from now on, instead of those
	// before.
	Watch(servers []Target)
	// Observe returns what was measured up to now, since it was last asked.
	// What could not be measured has no observation, and the error says why;
	// either may be there without the other.
	Observe(ctx context.Context, now time.Time) ([]Observation, error)
	// Failing returns observations of the servers that fail all of the newest
	// requests measured. It is asked about once a second and is to cost little;
	// a meter that knows no sooner than Observe returns none.
	Failing(now time.Time) []Observation
	// Close ends what goes on by itself.
	Close()
}

// AbsentError is that of a meter which has never measured anything, as where the
// kernel does not take its program. It is none where another source serves.
type AbsentError struct{ Err error }

func (e *AbsentError) Error() string { return e.Err.Error() }

// Unwrap returns why the meter measures nothing.
func (e *AbsentError) Unwrap() error { return e.Err }

// Spares reports whether an error of a source is of no matter: it was never there,
// and each of the services that have it has another one after it.
func (c Config) Spares(source string, err error) bool {
	var absent *AbsentError
	return errors.As(err, &absent) && !slices.ContainsFunc(c.measured(), func(s ServiceConfig) bool { return s.Source.last() == source })
}

// Meters are by the names of their sources.
type Meters map[string]Meter

// Observe asks all meters at once. It returns the observations and, by the
// name of the source, what went wrong.
func (m Meters) Observe(ctx context.Context, now time.Time) ([]Observation, map[string]error) {
	var (
		mutex        sync.Mutex
		asked        sync.WaitGroup
		observations []Observation
		errs         = make(map[string]error)
	)
	for name, meter := range m {
		asked.Go(func() {
			seen, err := meter.Observe(ctx, now)
			for i := range seen {
				seen[i].Source = name
			}
			mutex.Lock()
			defer mutex.Unlock()
			observations = append(observations, seen...)
			errs[name] = err
		})
	}
	asked.Wait()
	return observations, errs
}

// failing returns the observations of servers that plainly fail now.
func (m Meters) failing(now time.Time) []Observation {
	var observations []Observation
	for _, name := range slices.Sorted(maps.Keys(m)) {
		for _, o := range m[name].Failing(now) {
			o.Source = name
			observations = append(observations, o)
		}
	}
	return observations
}

// Close closes all meters.
func (m Meters) Close() {
	for _, meter := range m {
		meter.Close()
	}
}

// watch has each meter measure the available servers of the services that the
// turns' plans tune by it.
func (m Meters) watch(turns []turn) {
	targets := make(map[string][]Target)
	for _, t := range turns {
		t.addTargets(targets)
	}
	for name, meter := range m {
		meter.Watch(targets[name])
	}
}

// addTargets adds the servers that each source is to watch.
func (t *turn) addTargets(targets map[string][]Target) {
	for _, s := range t.plan.Services {
		c, _ := t.config.service(s.Service)
		for _, server := range s.Servers {
			if server.Weight == 0 && !server.out || !s.tuned() {
				continue
			}
			target := Target{t.name(), s.Service, server.Server}
			for _, name := range c.Source.all() {
				targets[name] = append(targets[name], target)
			}
		}
	}
}

// SourcesInUse returns the names of the sources that the services have, in
// order.
func (c Config) SourcesInUse() []string {
	names := make(map[string]bool)
	for _, s := range c.measured() {
		for _, name := range s.Source.all() {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// measured returns the entries whose virtual services are to be measured.
func (c Config) measured() []ServiceConfig {
	return slices.DeleteFunc(slices.Clone(c.Services), func(s ServiceConfig) bool { return s.Policy == Static && !s.limited() })
}

// counted returns the tuned services whose latencies are those of the
// director's counters, or whose thresholds are the tuner's.
func (c Config) counted(plan Plan) []ipvs.ServiceID {
	var ids []ipvs.ServiceID
	for _, id := range plan.Tuned() {
		if s, _ := c.service(id); c.counts(s) || s.limited() {
			ids = append(ids, id)
		}
	}
	return ids
}

// counts reports whether the director's counters may tell a service's latencies.
func (c Config) counts(s ServiceConfig) bool {
	return c.Sources[s.Source.last()].Type == Connections // after which there is no other
}

// takeTime reports whether a service of the turns is tuned by what must be
// watched for a while.
func takeTime(turns []turn) bool {
	return slices.ContainsFunc(turns, func(t turn) bool {
		return slices.ContainsFunc(t.plan.Tuned(), t.config.takesTime)
	})
}

func (c Config) takesTime(id ipvs.ServiceID) bool {
	s, _ := c.service(id)
	return slices.ContainsFunc(s.Source.all(), func(name string) bool { return c.Sources[name].takesTime() })
}
