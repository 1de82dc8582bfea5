package tuner

import (
	"context"
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
			targets[c.Source.Latency] = append(targets[c.Source.Latency], target)
			if c.Source.Errors != c.Source.Latency {
				targets[c.Source.Errors] = append(targets[c.Source.Errors], target)
			}
		}
	}
}

// SourcesInUse returns the names of the sources that the services have, in
// order.
func (c Config) SourcesInUse() []string {
	names := make(map[string]bool)
	for _, s := range c.Services {
		if s.Policy != Static || s.limited() {
			names[s.Source.Latency] = true
			names[s.Source.Errors] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// counted returns the tuned services whose latencies are those of the
// director's counters, or whose thresholds are the tuner's.
func (c Config) counted(plan Plan) []ipvs.ServiceID {
	var ids []ipvs.ServiceID
	for _, id := range plan.Tuned() {
		if s, _ := c.service(id); c.Sources[s.Source.Latency].Type == Connections || s.limited() {
			ids = append(ids, id)
		}
	}
	return ids
}

// probed reports whether a service of the turns is tuned by probes.
func probed(turns []turn) bool {
	return slices.ContainsFunc(turns, func(t turn) bool {
		return slices.ContainsFunc(t.plan.Tuned(), t.config.probed)
	})
}

func (c Config) probed(id ipvs.ServiceID) bool {
	s, _ := c.service(id)
	return c.Sources[s.Source.Latency].probes() || c.Sources[s.Source.Errors].probes()
}
