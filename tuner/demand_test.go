package tuner

import (
	"math"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestGlance(t *testing.T) {
	before := glance{Time: stampAfter(0), Connections: 1000, Active: 20}
	tests := []struct {
		name        string
		before      glance
		second      float64
		connections uint64
		active      uint32
		want        counted
	}{
		{"the first", glance{}, 10, 1000, 20, counted{}},
		{"no time", before, 0, 2000, 20, counted{}},
		{"the clock ran back", before, -3600, 2000, 20, counted{}},
		{"the counter ran back", before, 10, 999, 20, counted{}},
		{"idle", before, 10, 1000, 20, counted{known: true, seconds: 10, present: 20}},
		{"more came than ended", before, 10, 1500, 60, counted{known: true, seconds: 10, perSecond: 50, done: 460, gone: 46, present: 40}},
		{"more than can be", before, 10, math.MaxUint64, 20, counted{}},
		{"as many as can be", before, 10, 1000 + 1e10, 20, counted{known: true, seconds: 10, perSecond: 1e9, done: 1e10, gone: 1e9, present: 20}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := test.before
			s := ipvs.RealServer{ActiveConnections: test.active, Stats: ipvs.Stats{Connections: test.connections}}
			if got := g.next(stampAfter(test.second), &s); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if g != (glance{Time: stampAfter(test.second), Connections: test.connections, Active: test.active}) {
				t.Errorf("left %+v", g)
			}
		})
	}
}

// counting returns servers that were seen to get so many connections per second
// in ten seconds; a rate below 0 is not known.
func counting(rates ...float64) []server {
	servers := make([]server, len(rates))
	for i, r := range rates {
		if r >= 0 {
			servers[i].counted = counted{known: true, seconds: 10, perSecond: r}
		}
	}
	return servers
}

func TestDemandAfter(t *testing.T) {
	tests := []struct {
		name    string
		before  float64
		servers []server
		want    float64
	}{
		{"nobody", 100, nil, 100},
		{"nothing counted", 100, counting(-1, -1), 100},
		{"the first count", 0, counting(60, 50), 110},
		{"one not counted", 0, counting(60, -1), 60},
		{"chance", 100, counting(56, 53), 102.7},
		{"a plain rise", 100, counting(150, 150), 300},
		{"a plain fall", 100, counting(20, 20), 40},
		{"all is quiet", 100, counting(0, 0), 0},
		{"quiet for long", 1.4e-6, counting(0, 0), 0},
		{"few and by chance", 0.1, counting(0.3), 0.16},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (demand{PerSecond: test.before}).after(test.servers).PerSecond; math.Abs(got-test.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestPlainDemand(t *testing.T) {
	tests := []struct {
		name   string
		demand demand
		want   bool
	}{
		{"nothing known", demand{}, false},
		{"kept alive", demand{Open: true, Requests: 5}, false},
		{"connections without requests", demand{Open: true, Requests: 0.5}, false},
		{"open longer", demand{Open: true, Requests: 1, Idle: 3}, false},
		{"a request each", demand{Open: true, Requests: 1.1, Idle: 0.5}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.demand.plain(); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestOpenness has a meter and the director see the same servers: what is
// learnt of requests and connections, and what is left out of it.
func TestOpenness(t *testing.T) {
	seen := measurement{requestsPerSecond: 100, latency: 0.1}
	there := counted{known: true, perSecond: 50, present: 30}
	tests := []struct {
		name     string
		m        measurement
		measured bool
		counted  counted
		want     openness
	}{
		{"not measured", seen, false, there, openness{}},
		{"the director's own", measurement{requestsPerSecond: 100, latency: 0.1, counters: true}, true, there, openness{}},
		{"idle", measurement{}, true, there, openness{}},
		{"failing", measurement{requestsPerSecond: 100, failing: true}, true, there, openness{}},
		{"not counted", seen, true, counted{}, openness{}},
		{"no connection came", seen, true, counted{known: true, present: 30}, openness{}},
		// 30 open by 50 a second is 0.6 s, of which two requests take 0.2 s.
		{"open without a request", seen, true, there, openness{100, 50, 0.4, true}},
		{"more requests than time", seen, true, counted{known: true, perSecond: 50, present: 5}, openness{100, 50, 0, true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var o openness
			o.add(test.m, test.measured, &server{counted: test.counted})
			o.idle = math.Round(1e9*o.idle) / 1e9
			if o != test.want {
				t.Errorf("got %+v, want %+v", o, test.want)
			}
		})
	}
}

func TestDemandSeen(t *testing.T) {
	tests := []struct {
		name   string
		before demand
		seen   openness
		want   demand
	}{
		{"nothing", demand{Requests: 2, Idle: 1, Open: true}, openness{}, demand{Requests: 2, Idle: 1, Open: true}},
		{"the first", demand{}, openness{200, 100, 1, true}, demand{Requests: 2, Idle: 1, Open: true}},
		{"idle for less", demand{Requests: 2, Idle: 1, Open: true}, openness{200, 100, 0.5, true}, demand{Requests: 2, Idle: 0.5, Open: true}},
		{"idle for longer", demand{Requests: 2, Idle: 1, Open: true}, openness{300, 100, 2, true}, demand{Requests: 2.3, Idle: 1.05, Open: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.before.seen(test.seen)
			sameNumbers(t, []float64{got.Requests, got.Idle}, []float64{test.want.Requests, test.want.Idle})
			if got.Open != test.want.Open {
				t.Errorf("got %+v", got)
			}
		})
	}
}
