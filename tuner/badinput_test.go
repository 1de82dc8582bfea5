package tuner

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func optimized() Config {
	cfg := plantConfig()
	cfg.Services[0].Policy = Optimize
	return cfg
}

// TestClockThatWentForthAndBack has observations be taken while the clock is
// wrong, and again as soon as it is right.
func TestClockThatWentForthAndBack(t *testing.T) {
	const hour, year = 3600.0, 365 * 86400.0
	for _, cfg := range []Config{plantConfig(), withSource("prom", "probe")} {
		for _, off := range []float64{hour, year, -hour, -year} {
			var state State
			var plan Plan
			for i, second := range []float64{0, 10, 20, 30 + off, 40 + off, 50, 60} {
				var seen []Observation
				for server, latency := range []float64{0.1, 0.1, 0.4} {
					for _, source := range cfg.Services[0].Source.all() {
						o := seen1(strings.TrimPrefix(source, kernelSource), server, latency)
						o.Time = after(second)
						seen = append(seen, o)
					}
				}
				plan, state = Step(cfg, state, threeServers(i), seen, after(second))
				got := plan.Services[0]
				if strings.Contains(got.Reason, "ignored") || got.Servers[2].LatencySeconds < 0.39 {
					t.Errorf("at %v with the clock off by %v: %+v", second, off, got)
				}
				checkLines(t, cfg, threeServers(i).Services[0].Servers, plan)
			}
		}
	}
}

// seen1 is an observation of a server of which half a percent of the answers
// are errors.
func seen1(source string, server int, latency float64) Observation {
	return seen(source, server, latency, 100, 0.005)
}

// TestOldNews has the same observations come again, and older ones.
func TestOldNews(t *testing.T) {
	for _, cfg := range []Config{plantConfig(), optimized()} {
		at := func(second float64, latencies ...float64) (seen []Observation) {
			for i, latency := range latencies {
				o := seen1("", i, latency)
				o.Time = after(second)
				seen = append(seen, o)
			}
			return seen
		}
		_, state := Step(cfg, State{}, threeServers(0), at(0, 0.1, 0.1, 0.1), after(0))
		_, state = Step(cfg, state, threeServers(1), at(10, 0.1, 0.1, 0.1), after(10))
		before := state.Services[plantService].Servers[2]
		for _, news := range [][]Observation{at(10, 9, 9, 9), at(5, 0.1, 0.1, 9), at(-45, 0.1, 0.1, 9)} {
			plan, next := Step(cfg, state, threeServers(2), news, after(15))
			got := plan.Services[0]
			if !strings.Contains(got.Reason, "10.0.1.3:80 was used before") || got.Action != Hold {
				t.Errorf("got %s: %s", got.Action, got.Reason)
			}
			after := next.Services[plantService].Servers[2]
			if after.Estimate.LogLatency != before.Estimate.LogLatency || after.ObservedAt != before.ObservedAt {
				t.Errorf("learnt %+v after %+v", after, before)
			}
		}
	}
}

// TestNonsenseIsNamed has each kind of a value that cannot be in one of two
// good observations: it is left out with a reason, whichever it is.
func TestNonsenseIsNamed(t *testing.T) {
	values := map[string]float64{"negative": -1, "NaN": math.NaN(), "endless": math.Inf(1), "endless below": math.Inf(-1), "absurd": 1e300}
	fields := map[string]func(*Observation) **float64{
		"latency": func(o *Observation) **float64 { return &o.LatencySeconds },
		"success": func(o *Observation) **float64 { return &o.SuccessLatencySeconds },
		"rate":    func(o *Observation) **float64 { return &o.RequestsPerSecond },
		"errors":  func(o *Observation) **float64 { return &o.ErrorRatio },
		"window":  func(o *Observation) **float64 { return &o.WindowSeconds },
	}
	for name, value := range values {
		for field, of := range fields {
			t.Run(name+" "+field, func(t *testing.T) {
				for _, cfg := range []Config{optimized(), withSource("prom", "prom"), withSource("kernel", "probe")} {
					source := cfg.Services[0].Source.Errors
					odd := seen1(strings.TrimPrefix(source, kernelSource), 1, 0.1)
					*of(&odd) = &value
					plan, state := Step(cfg, State{}, threeServers(0), []Observation{seen1(odd.Source, 0, 0.1), odd}, after(0))
					got := plan.Services[0]
					if got.Action != Hold || !strings.Contains(got.Reason, "ignored observations: 10.0.1.2:80 ") {
						t.Errorf("source %q: %s: %s", odd.Source, got.Action, got.Reason)
					}
					throughAFile(t, state)
				}
			})
		}
	}
}

// TestOddServices has services of which nothing can be shared out.
func TestOddServices(t *testing.T) {
	server := func(i int, weight uint32) ipvs.RealServer { return ipvs.RealServer{ID: plantServer(i), Weight: weight} }
	tests := []struct {
		name    string
		servers []ipvs.RealServer
		want    string
	}{
		{"no server", nil, "available real servers: 0, nothing to share out"},
		{"one server", []ipvs.RealServer{server(0, 5)}, "available real servers: 1, nothing to share out"},
		{"all at 0", []ipvs.RealServer{server(0, 0), server(1, 0)}, "available real servers: 0, nothing to share out"},
		{"all but one at 0", []ipvs.RealServer{server(0, 0), server(1, 70000)}, "available real servers: 1, nothing to share out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, cfg := range []Config{plantConfig(), optimized()} {
				table := &ipvs.Table{Services: []ipvs.VirtualService{{ID: plantService, Scheduler: "wrr", Servers: test.servers}}}
				var state State
				var plan Plan
				for i := range 4 {
					plan, state = Step(cfg, state, table, []Observation{seen1("", 0, 0.1), seen1("", 1, 0.1)}, after(10*float64(i)))
					checkLines(t, cfg, test.servers, plan)
					if got := plan.Services[0]; got.Action != Hold || !strings.HasPrefix(got.Reason, test.want) {
						t.Errorf("got %s: %s", got.Action, got.Reason)
					}
				}
			}
		})
	}
}

// TestWeightsBeyondTheLimits has weights in the table that the tuner may not
// write: they stand until there is something to gain, and then all are within.
func TestWeightsBeyondTheLimits(t *testing.T) {
	s := newServing(70000, 70000, math.MaxInt32)
	for range 10 {
		s.step(t, 20, 20, 20)
	}
	if w := s.weights(); slices.Max(w) > 1000 || w[2] >= w[0] {
		t.Errorf("got %v", w)
	}
}

// serving is a service under the policy Optimize of which each connection is a
// request, and the third server is the slowest.
type serving struct {
	table *ipvs.Table
	now   time.Time
	state State
}

func newServing(weights ...uint32) *serving {
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	for i, w := range weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: w})
	}
	return &serving{table: &ipvs.Table{Services: []ipvs.VirtualService{v}}, now: after(0)}
}

// step lets ten seconds pass with so many requests per second of each server,
// and writes what is planned. It returns what that was.
func (s *serving) step(t *testing.T, rates ...uint64) ServicePlan {
	t.Helper()
	s.now = s.now.Add(10 * time.Second)
	v, seen := &s.table.Services[0], []Observation{}
	for i, rate := range rates {
		v.Servers[i].Stats.Connections += 10 * rate
		o := seen1("", i, []float64{0.1, 0.1, 0.4}[i])
		o.RequestsPerSecond = new(float64(rate))
		seen = append(seen, o)
	}
	var plan Plan
	plan, s.state = Step(optimized(), s.state, s.table, seen, s.now)
	checkLines(t, optimized(), v.Servers, plan)
	carryOut(v, plan)
	return plan.Services[0]
}

func (s *serving) weights() (weights []uint32) {
	for _, server := range s.table.Services[0].Servers {
		weights = append(weights, server.Weight)
	}
	return weights
}

// TestQuietHours has all connections stop for hours: no weight changes, and the
// state stays one.
func TestQuietHours(t *testing.T) {
	s := newServing(1, 1, 1)
	for range 30 {
		s.step(t, 20, 20, 20)
	}
	for n := range 2500 {
		if plan := s.step(t, 0, 0, 0); plan.Action == Apply && n > 3 {
			t.Errorf("after %d periods without a connection: %s", n, plan.Reason)
		}
	}
	if got := s.step(t, 0, 0, 0); got.Code != CodeIdle {
		t.Errorf("got %s", got.Reason)
	}
	throughAFile(t, s.state)
	if got := s.state.Services[plantService].Demand.PerSecond; got != 0 {
		t.Errorf("%v connections per second are expected", got)
	}
}
