package tuner

import (
	"math"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// restingQuarter is a service of a hundred servers that rests in the coming
// period, if nothing happens.
func restingQuarter(t *testing.T) *quarter {
	t.Helper()
	q := newQuarter(1, "wlc")
	for n := range 200 {
		q.period(1)
		var plan Plan
		plan, q.state = q.decide()
		q.apply(plan)
		known := q.known()
		next := momentOf(stampOf(q.now).add(q.plant.period), known.Time, q.plant.period)
		if n > 20 && known.Rest.Servers != nil && known.Rest.Servers[0].Requests > 0 && !known.due(q.service.ID, next) {
			q.period(1)
			return q
		}
	}
	t.Fatal("it never rests")
	return nil
}

func (q *quarter) known() serviceState { return q.state.Services[q.service.ID] }

func TestRest(t *testing.T) {
	tests := []struct {
		name   string
		happen func(*quarter)
		want   bool // that it rests
	}{
		{"a server is slow", func(q *quarter) { *q.seen[3].LatencySeconds *= 6 }, false},
		{"a server is fast", func(q *quarter) { *q.seen[3].LatencySeconds /= 6 }, false},
		{"a server fails", func(q *quarter) { q.seen[3].ErrorRatio = new(0.5) }, false},
		{"a server is idle", func(q *quarter) { q.seen[3].RequestsPerSecond = new(0.0) }, false},
		{"a server is not measured", func(q *quarter) { q.seen = q.seen[1:] }, false},
		{"a reading was used before", func(q *quarter) { q.seen[3].Time = q.now.Add(-q.plant.period) }, false},
		{"nothing is measured", func(q *quarter) { q.seen = nil }, false},
		{"another source", func(q *quarter) {
			for i := range q.seen {
				q.seen[i].Source = "probe"
			}
		}, false},
		{"a weight is edited", func(q *quarter) { q.service.Servers[3].Weight++ }, false},
		{"all weights are doubled", func(q *quarter) {
			for i := range q.service.Servers {
				q.service.Servers[i].Weight *= 2
			}
		}, true},
		{"a server is taken out", func(q *quarter) { q.service.Servers[3].Weight = 0 }, false},
		{"a server leaves", func(q *quarter) { q.service.Servers = q.service.Servers[1:] }, false},
		{"a server joins", func(q *quarter) {
			q.service.Servers = append(q.service.Servers, ipvs.RealServer{ID: plantServer(200), Weight: 1})
		}, false},
		{"a quiescent server joins", func(q *quarter) {
			q.service.Servers = append(q.service.Servers, ipvs.RealServer{ID: plantServer(200)})
		}, true},
		{"more connections come", func(q *quarter) {
			for i := range q.service.Servers {
				q.service.Servers[i].Stats.Connections += uint64(q.rates[i] / 2)
			}
		}, false},
		{"a counter begins anew", func(q *quarter) { q.service.Servers[3].Stats.Connections = 0 }, false},
		{"another scheduler", func(q *quarter) { q.service.Scheduler = "wrr" }, false},
		{"the clock went back", func(q *quarter) { q.now = q.known().Time.time() }, false},
		{"periods were left out", func(q *quarter) { q.now = q.known().Time.add(2 * rests * q.plant.period).time() }, false},
		{"nothing", func(*quarter) {}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			q := restingQuarter(t)
			test.happen(q)
			plan, state := q.decide()
			if p := plan.Services[0]; (p.Reason == undisturbed) != test.want {
				t.Errorf("got %s since %s", p.Action, p.Reason)
			}
			checkLines(t, townConfig(), q.service.Servers, plan)
			throughAFile(t, state)
		})
	}
}

// TestRestEndsByErrors has another source than that of the latencies tell of
// errors.
func TestRestEndsByErrors(t *testing.T) {
	for _, ratio := range []float64{0.5, 0.001} {
		q := restingQuarter(t)
		known, at := q.known(), momentOf(stampOf(q.now), q.known().Time, q.plant.period)
		given := townConfig().given(DefaultService(), q.seen, &known, at)
		given.errors.of = []*Observation{{Server: plantServer(3), ErrorRatio: &ratio}}
		if gathered := known.gather(&given, at); (gathered != nil) != (ratio < 0.01) {
			t.Errorf("at %v: gathered of %d servers", ratio, len(gathered))
		}
	}
}

// TestRestHoldsOn has the plan of a service that rests tell what the last
// decision told, whether or not its state was in a file.
func TestRestHoldsOn(t *testing.T) {
	q := newQuarter(1, "wlc")
	name, held := filepath.Join(t.TempDir(), "state.json"), 0
	var last ServicePlan
	for range 80 {
		q.period(1)
		plan, next := q.decide()
		if err := SaveStates(name, States{"": q.state}); err != nil {
			t.Fatal(err)
		}
		read, err := LoadStates(name)
		if err != nil {
			t.Fatal(err)
		}
		q.state = read[""]
		again, _ := q.decide()
		if !reflect.DeepEqual(again, plan) {
			t.Fatal("from a file: another plan")
		}
		p := plan.Services[0]
		if q.state = next; q.known().Time < stampOf(q.now) {
			held++
			sameFigures(t, p, last)
		}
		q.apply(plan)
		last = p
	}
	if held < 30 {
		t.Errorf("held %d times", held)
	}
}

// sameFigures compares what two plans tell, to three digits.
func sameFigures(t *testing.T, got, want ServicePlan) {
	t.Helper()
	if got.Action != Hold || len(got.Servers) != len(want.Servers) || !reflect.DeepEqual(got.Autoscaling, want.Autoscaling) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	for i := range got.Servers {
		g, w := got.Servers[i], want.Servers[i]
		if g.Weight != w.Weight || g.Reason.inTable() != w.Reason.inTable() {
			t.Errorf("%s: got %d since it %s, want %d since it %s", g.Server, g.Weight, g.Reason, w.Weight, w.Reason)
		}
		for k, of := range [][2]float64{{*g.ShareRatio, *w.ShareRatio}, {g.LatencySeconds, w.LatencySeconds},
			{g.CapacityRequestsPerSecond, w.CapacityRequestsPerSecond}, {g.CapacityErrorRatio, w.CapacityErrorRatio}} {
			if math.Abs(of[0]/of[1]-1) > 1e-3 {
				t.Errorf("%s: figure %d: got %v, want %v", g.Server, k, of[0], of[1])
			}
		}
	}
}

func TestJoined(t *testing.T) {
	at := moment{now: stampAfter(100), interval: 10 * time.Second, periods: 4}
	known := serverState{Estimate: estimate{LogLatency: math.Log(0.1), Variance: 0.001}, ObservedAt: stampAfter(90)}
	gathered := &resting{PerSecond: 10, Capacity: 20, Requests: 300, Waited: 30, Seconds: 30}
	seen := measurement{requestsPerSecond: 10, latency: 0.11, took: 0.11, variance: 0.01, age: 10}
	with := func(change func(*measurement)) measurement {
		m := seen
		change(&m)
		return m
	}
	slow := with(func(m *measurement) { m.latency = 1 })
	fails := with(func(m *measurement) { m.failing = true })
	tests := []struct {
		name     string
		gathered *resting
		now      measurement
		ok       bool
		want     measurement
	}{
		{"nothing gathered", nil, seen, true, seen},
		{"nothing gathered yet", &resting{}, seen, true, seen},
		{"nothing measured now", gathered, measurement{}, false, measurement{requestsPerSecond: 10, latency: 0.1, took: 0.1, variance: 1.0 / 300, age: 40}},
		{"slower now", gathered, slow, true, slow},
		{"fails now", gathered, fails, true, fails},
		{"as ever", gathered, seen, true, measurement{requestsPerSecond: 10, latency: 0.1025, took: 0.1025, variance: 1.0 / 400, age: 40}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := known.joined(test.gathered, test.now, test.ok, 1, at)
			if !ok || math.Abs(got.latency-test.want.latency) > 1e-6 || math.Abs(got.took-test.want.took) > 1e-6 {
				t.Errorf("got %+v and %t, want %+v", got, ok, test.want)
			}
			got.latency, got.took = test.want.latency, test.want.took
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestEachPeriodHasItsPart has about as many of a thousand services judged in
// each period, of those whose weights are new and of those whose stand.
func TestEachPeriodHasItsPart(t *testing.T) {
	for every, changed := range map[int]float64{rests: 60, 2 * rests: 0} {
		for n := range 2 * rests {
			at, judged := momentOf(stampAfter(float64(10*n+150)), stampAfter(float64(10*n+140)), 10*time.Second), 0
			known := serviceState{Changed: stampAfter(10*float64(n) + changed)}
			for i := range townServices {
				if known.due(townService(i), at) {
					judged++
				}
			}
			if want := townServices / every; judged < want-60 || judged > want+60 {
				t.Errorf("period %d, once in %d: %d", n, every, judged)
			}
		}
	}
}
