package tuner

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// fakeMeter sees what it is told to see of the servers that it watches.
type fakeMeter struct {
	mutex   sync.Mutex
	watched []Target
	latency map[ipvs.ServerID]float64 // seconds
	err     error
	asked   int
	failing []ipvs.ServerID // of all of their newest requests
}

func (m *fakeMeter) Watch(servers []Target) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.watched = servers
}

func (m *fakeMeter) Observe(_ context.Context, now time.Time) ([]Observation, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.asked++
	var observations []Observation
	for _, t := range m.watched {
		if latency, ok := m.latency[t.Server]; ok {
			o := Observation{Service: t.Service, Server: t.Server, Time: now, LatencySeconds: &latency, RequestsPerSecond: new(100.0)}
			if slices.Contains(m.failing, t.Server) {
				o.LatencySeconds, o.ErrorRatio = new(0.001), new(1.0)
			}
			observations = append(observations, o)
		}
	}
	return observations, m.err
}

func (m *fakeMeter) Failing(now time.Time) []Observation {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var observations []Observation
	for _, server := range m.failing {
		observations = append(observations, Observation{Service: plantService, Server: server, Time: now,
			WindowSeconds: new(1.0), RequestsPerSecond: new(20.0), ErrorRatio: new(1.0)})
	}
	return observations
}

func (m *fakeMeter) fail(servers ...ipvs.ServerID) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.failing = servers
}

func (m *fakeMeter) Close() {}

func (m *fakeMeter) set(err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.err = err
}

// withMeter is a bench whose service is tuned by a meter, by which its first
// server is the slow one.
func withMeter(meter *fakeMeter) func(*bench) {
	meter.latency = map[ipvs.ServerID]float64{plantServer(0): 4, plantServer(1): 1, plantServer(2): 1}
	return func(b *bench) {
		cfg := withSource("prom", "prom")
		cfg.StateFile = b.Config.StateFile
		b.Config, b.Meters = cfg, Meters{"prom": meter}
	}
}

func TestLoopTunesByMeters(t *testing.T) {
	meter := &fakeMeter{}
	onBench(t, withMeter(meter), func(t *testing.T, b *bench) {
		if got := b.LastPlan().Services[0]; got.Code != CodeNoObservations {
			t.Errorf("first plan: got %+v", got)
		}
		b.decisions(10)
		if w := b.director.weights(); w[0] >= w[1] || w[1] != w[2] {
			t.Errorf("weights are %v", w)
		}
		if got := b.LastPlan().Services[0].Servers[0].Reason.String(); !strings.HasSuffix(got, "times the mean latency according to prom") {
			t.Errorf("got reason %q", got)
		}
		if samples, _ := b.director.asked(); samples < 80 || samples > 100 {
			t.Errorf("the director was sampled %d times, not every second", samples)
		}
		b.director.Update(plantService, plantServer(2), func(s *ipvs.RealServer) { s.Weight = 0 })
		b.decisions(1)
		want := []Target{{Service: plantService, Server: plantServer(0)}, {Service: plantService, Server: plantServer(1)}}
		if !slices.Equal(meter.watched, want) {
			t.Errorf("watched %v", meter.watched)
		}
		if got := testutil.ToFloat64(b.Metrics.sourceErrors); got != 0 {
			t.Errorf("counted %v errors", got)
		}
	})
}

func TestMeterThatFails(t *testing.T) {
	meter := &fakeMeter{}
	onBench(t, withMeter(meter), func(t *testing.T, b *bench) {
		b.decisions(1)
		meter.set(errors.New("gone"))
		b.decisions(3)
		if got, want := b.errors(), []string{"read the source prom"}; !slices.Equal(got, want) {
			t.Errorf("logged %v, want %v", got, want)
		}
		if got := testutil.ToFloat64(b.Metrics.sourceErrors.WithLabelValues("prom")); got != 3 {
			t.Errorf("counted %v errors", got)
		}
		meter.set(nil)
		b.decisions(1)
		if got := b.logs.FilterMessage("read the source prom: works again").Len(); got != 1 {
			t.Errorf("logged the recovery %d times", got)
		}
		// A director that fails is no error of this source.
		b.director.Fail(ipvs.ErrNotSupported)
		b.decisions(3)
		if got := testutil.ToFloat64(b.Metrics.sourceErrors.WithLabelValues("prom")); got != 3 {
			t.Errorf("counted %v errors", got)
		}
	})
}

func TestNothingIsWatchedForServicesThatAreNotTuned(t *testing.T) {
	tests := []struct {
		name, scheduler string
		policy          Policy
		want            int
	}{
		{"scheduler", "rr", Equalize, 0},
		{"static", "wrr", Static, 0},
		{"tuned", "wrr", Equalize, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			meter := &fakeMeter{}
			onBench(t, func(b *bench) {
				withMeter(meter)(b)
				b.Config.Services[0].Policy = test.policy
				b.director = newBusyDirector(test.scheduler, 1, 1, 1)
				b.Netns = OwnNetns(b.director)
			}, func(t *testing.T, b *bench) {
				if got := len(meter.watched); got != test.want {
					t.Errorf("watches %d servers", got)
				}
			})
		})
	}
}

// TestWatchByMeters has the time that a plan takes be that which its sources
// need.
func TestWatchByMeters(t *testing.T) {
	tests := []struct {
		name, latency, errors string
		want                  time.Duration // with a director
		wantFile              time.Duration // with a table from a file
	}{
		{"prom", "prom", "prom", 0, 0},
		{"kernel", "kernel", "kernel", 10 * time.Second, 0},
		{"kernel and prom", "kernel", "prom", 10 * time.Second, 0},
		{"prom and probe", "prom", "probe", 10 * time.Second, 10 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := withSource(test.latency, test.errors)
				probe, prom := &fakeMeter{}, &fakeMeter{}
				meters := Meters{"probe": probe, "prom": prom}
				start := time.Now()
				if _, err := Watch(t.Context(), only(newBusyDirector("wrr", 1, 1)), meters, cfg, nil); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took != test.want {
					t.Errorf("it took %s, want %s", took, test.want)
				}
				start = time.Now()
				if err := meters.Watch(t.Context(), cfg, only(watched(threeServers(0).Services...))); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took != test.wantFile {
					t.Errorf("with a file it took %s, want %s", took, test.wantFile)
				}
				for name, m := range map[string]*fakeMeter{"probe": probe, "prom": prom} {
					used := name == test.latency || name == test.errors
					if len(m.watched) > 0 != used || m.asked > 0 {
						t.Errorf("%s watches %v, asked %d times", name, m.watched, m.asked)
					}
				}
			})
		})
	}
}
