package tuner

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// situation is one step's input, by position of the real server.
type situation struct {
	scheduler string // "" is wrr
	policy    Policy // "" is equalize
	weights   []uint32
	limits    Weights   // zero is the default
	latency   []float64 // seconds; 0 is no observation
	requests  []float64 // per second; nil is 100 everywhere
	errors    []float64 // ratio; nil is 0 everywhere
}

func (s situation) step() ServicePlan {
	v := ipvs.VirtualService{ID: plantService, Scheduler: s.scheduler}
	if v.Scheduler == "" {
		v.Scheduler = "wrr"
	}
	cfg := plantConfig()
	if s.policy != "" {
		cfg.Services[0].Policy = s.policy
	}
	if s.limits != (Weights{}) {
		cfg.Services[0].Weights = s.limits
	}
	var seen []Observation
	for i, w := range s.weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: w})
		if i < len(s.latency) && s.latency[i] > 0 {
			o := Observation{Service: v.ID, Server: plantServer(i), LatencySeconds: &s.latency[i], RequestsPerSecond: new(100.0)}
			if s.requests != nil {
				o.RequestsPerSecond = &s.requests[i]
			}
			if s.errors != nil {
				o.ErrorRatio = &s.errors[i]
			}
			seen = append(seen, o)
		}
	}
	plan, _ := Step(cfg, State{}, &ipvs.Table{Services: []ipvs.VirtualService{v}}, seen, after(0))
	return plan.Services[0]
}

func TestStep(t *testing.T) {
	tests := []struct {
		name string
		situation
		action  Action
		code    Code
		weights []uint32 // nil is unchanged
	}{
		{"static", situation{policy: Static, weights: []uint32{1, 1}, latency: []float64{0.01, 0.09}}, Hold, CodeStatic, nil},
		{"a scheduler that ignores weights", situation{scheduler: "rr", weights: []uint32{1, 1}, latency: []float64{0.01, 0.09}}, Skip, CodeScheduler, nil},
		{"no server", situation{}, Hold, CodeOneServer, nil},
		{"one server", situation{weights: []uint32{1, 0}, latency: []float64{0.01, 0.09}}, Hold, CodeOneServer, nil},
		{"no observation", situation{weights: []uint32{1, 1}}, Hold, CodeNoObservations, nil},
		{"fewer than half observed", situation{weights: []uint32{1, 1, 1}, latency: []float64{0.01}}, Hold, CodeNoObservations, nil},
		{"one of two observed", situation{weights: []uint32{1, 1}, latency: []float64{0.01}}, Hold, CodeNoObservations, nil},
		{"all but one idle", situation{weights: []uint32{1, 1, 1}, latency: []float64{0.01, 0.01, 0.09}, requests: []float64{0, 0, 100}}, Hold, CodeIdle, nil},
		{"all fail", situation{weights: []uint32{1, 1}, latency: []float64{0.001, 0.009}, errors: []float64{1, 1}}, Hold, CodePanic, nil},
		{"equal", situation{weights: []uint32{3, 3}, latency: []float64{0.01, 0.0105}}, Hold, CodeSettled, nil},
		{"few requests", situation{weights: []uint32{1, 1}, latency: []float64{0.01, 0.02}, requests: []float64{1, 1}}, Hold, CodeSettled, nil},
		{"at the floor", situation{weights: []uint32{26, 26, 1}, latency: []float64{0.01, 0.01, 0.04}}, Hold, CodeSmall, nil},
		{"at the least weight", situation{weights: []uint32{20, 10}, latency: []float64{0.01, 0.04}, limits: Weights{Min: 10, Max: 20, MaxChangeRatio: 0.3}}, Hold, CodeSmall, nil},
		{"far below the floor", situation{weights: []uint32{50, 1}, latency: []float64{0.04, 0.01}}, Apply, CodeSlower, []uint32{743, 19}},
		{"weights beyond the range", situation{weights: []uint32{50000, 1}, latency: []float64{0.01, 0.04}}, Hold, CodeRange, nil},
		{"slower", situation{weights: []uint32{1, 1, 1}, latency: []float64{0.01, 0.01, 0.04}}, Apply, CodeSlower, []uint32{3, 3, 2}},
		{"faster", situation{weights: []uint32{1, 1, 1}, latency: []float64{0.04, 0.04, 0.01}}, Apply, CodeFaster, []uint32{2, 2, 3}},
		{"a quiescent server is left alone", situation{weights: []uint32{1, 0, 1}, latency: []float64{0.01, 0.09, 0.04}}, Apply, CodeSlower, []uint32{7, 0, 4}},
		{"an idle server keeps its share", situation{weights: []uint32{2, 1, 1}, latency: []float64{0.09, 0.01, 0.04}, requests: []float64{0, 100, 100}}, Apply, CodeSlower, []uint32{8, 5, 3}},
		{"an unobserved server keeps its share", situation{weights: []uint32{2, 1, 1}, latency: []float64{0, 0.01, 0.04}}, Apply, CodeSlower, []uint32{8, 5, 3}},
		{"failing at once is not fast", situation{weights: []uint32{1, 1, 1}, latency: []float64{0.01, 0.01, 0.0001}, errors: []float64{0, 0, 0.9}}, Apply, CodeFailing, []uint32{11, 11, 7}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.step()
			want := test.weights
			if want == nil {
				want = test.situation.weights
			}
			var weights []uint32
			for _, s := range got.Servers {
				weights = append(weights, s.Weight)
			}
			if got.Action != test.action || got.Code != test.code || !slices.Equal(weights, want) {
				t.Errorf("got %s %s %v: %s; want %s %s %v", got.Action, got.Code, weights, got.Reason, test.action, test.code, want)
			}
		})
	}
}

func TestStepListsWhatMatches(t *testing.T) {
	mark := ipvs.MarkService(ipvs.IPv4, 7)
	table := &ipvs.Table{Services: []ipvs.VirtualService{
		{ID: mark, Scheduler: "wrr"},
		{ID: plantService, Scheduler: "rr", Servers: []ipvs.RealServer{
			{ID: plantServer(1), Weight: 5, UpperThreshold: 9, LowerThreshold: 3}, {ID: plantServer(0)}}},
	}}
	cfg := plantConfig()
	plan, _ := Step(cfg, State{}, table, nil, after(0))
	if len(plan.Services) != 1 {
		t.Fatalf("got %d services", len(plan.Services))
	}
	got := plan.Services[0].Servers
	want := []ServerPlan{
		{Server: plantServer(0)},
		{Server: plantServer(1), Weight: 5, PreviousWeight: 5, UpperThreshold: 9, PreviousUpperThreshold: 9,
			LowerThreshold: 3, PreviousLowerThreshold: 3, Reason: Reason{looks: looksUnobserved}},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if table.Services[1].Servers[0].ID != plantServer(1) {
		t.Error("the table was sorted in place")
	}
}

func TestIgnoredObservations(t *testing.T) {
	at := func(o Observation, second float64) Observation {
		o.Time = after(second)
		return o
	}
	good := Observation{Service: plantService, Server: plantServer(0), LatencySeconds: new(1.0)}
	stranger, zero, negative := good, good, good
	stranger.Server = plantServer(7)
	zero.LatencySeconds = new(0.0)
	negative.LatencySeconds = new(-1.0)
	countOnly := Observation{Service: plantService, Server: plantServer(0), RequestsPerSecond: new(1.0)}
	tests := []struct {
		name string
		seen []Observation
		want string // "" is used
	}{
		{"no latency", []Observation{countOnly}, "10.0.1.1:80 has no latency"},
		{"no such server", []Observation{good, stranger}, "10.0.1.8:80 is of no available server"},
		{"latency of 0", []Observation{zero}, "10.0.1.1:80 makes no sense"},
		{"negative", []Observation{negative}, "10.0.1.1:80 makes no sense"},
		{"future", []Observation{at(good, 11)}, "10.0.1.1:80 is from the future"},
		{"old", []Observation{at(good, -61)}, "10.0.1.1:80 is too old"},
		{"good", []Observation{at(good, -50)}, ""},
	}
	table := &ipvs.Table{Services: []ipvs.VirtualService{{ID: plantService, Scheduler: "wrr",
		Servers: []ipvs.RealServer{{ID: plantServer(0), Weight: 1}}}}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			plan, state := Step(plantConfig(), State{}, table, test.seen, after(0))
			reason := plan.Services[0].Reason
			if !strings.Contains(reason, test.want) || test.want == "" && strings.Contains(reason, "ignored") {
				t.Errorf("got %q, want %q in it", reason, test.want)
			}
			if test.want != "" {
				return
			}
			plan, _ = Step(plantConfig(), state, table, test.seen, after(10))
			if reason := plan.Services[0].Reason; !strings.Contains(reason, "was used before") {
				t.Errorf("used twice: got %q", reason)
			}
		})
	}
}

// TestStepFromCounters steps on tables alone, as plan does when it is called
// once a period.
func TestStepFromCounters(t *testing.T) {
	var state State
	var plan Plan
	for i := range uint64(4) {
		table := &ipvs.Table{Services: []ipvs.VirtualService{{ID: plantService, Scheduler: "wrr", Servers: []ipvs.RealServer{
			{ID: plantServer(0), Weight: 1, ActiveConnections: 100, Stats: ipvs.Stats{Connections: 10000 * i}},
			{ID: plantServer(1), Weight: 1, ActiveConnections: 900, Stats: ipvs.Stats{Connections: 10000 * i}},
		}}}}
		plan, state = Step(plantConfig(), state, table, nil, after(10*float64(i)))
		if i == 0 && plan.Services[0].Code != CodeNoObservations {
			t.Errorf("first step: got %+v", plan.Services[0])
		}
	}
	got := plan.Services[0]
	if got.Action != Apply || got.Servers[1].Weight >= got.Servers[0].Weight {
		t.Errorf("got %+v", got)
	}
	sameNumbers(t, []float64{got.Servers[0].LatencySeconds, got.Servers[1].LatencySeconds}, []float64{0.1, 0.9})
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	run := func(throughFile bool) []byte {
		p := newPlant(1, 60, 40, 40, 10)
		var state State
		var out bytes.Buffer
		for range 20 {
			var plan Plan
			plan, state = Step(plantConfig(), state, p.table(), p.observe(), p.now.In(time.FixedZone("", 3600)))
			p.apply(plan)
			var saved bytes.Buffer
			if err := writeJSON(&saved, stateFile{stateVersion, States{"": state}}); err != nil {
				t.Fatal(err)
			}
			if err := WritePlan(&out, plan); err != nil {
				t.Fatal(err)
			}
			out.Write(saved.Bytes())
			if throughFile {
				states, err := parseStates(saved.Bytes(), "state")
				if err != nil {
					t.Fatal(err)
				}
				state = states[""]
			}
		}
		return out.Bytes()
	}
	if !bytes.Equal(run(false), run(false)) {
		t.Error("two runs differ")
	}
	if !bytes.Equal(run(false), run(true)) {
		t.Error("a run whose state goes through a file differs")
	}
}

// TestServicesOfOneStep has each plan keep what is its own service's.
func TestServicesOfOneStep(t *testing.T) {
	table, seen, now := &ipvs.Table{}, []Observation{}, after(10)
	for i := range 3 {
		v := ipvs.VirtualService{ID: townService(i), Scheduler: "wrr"}
		for j := range 2 + i {
			latency, rate := 0.1*float64(1+i)+0.01*float64(j), 100.0
			v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(9 - j), Weight: 1})
			seen = append(seen, Observation{Service: v.ID, Server: plantServer(9 - j), Time: now, LatencySeconds: &latency, RequestsPerSecond: &rate})
		}
		table.Services = append(table.Services, v)
	}
	plan, state := Step(townConfig(), State{}, table, seen, now)
	for i, s := range plan.Services {
		for j, server := range s.Servers {
			want := 0.1*float64(1+i) + 0.01*float64(len(s.Servers)-1-j)
			if known := state.Services[s.Service].Servers[j]; math.Abs(server.LatencySeconds-want) > 1e-6 ||
				math.Abs(math.Exp(known.Estimate.LogLatency)-want) > 1e-6 || known.ID != server.Server {
				t.Errorf("service %d, server %d: got %+v and %+v, want %v", i, j, server, known, want)
			}
		}
	}
	if table.Services[2].Servers[0].ID != plantServer(9) {
		t.Error("the table is in another order")
	}
}
