package tuner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// gate is a service that is tuned period by period, with a meter that sees some
// of its servers fail.
type gate struct {
	cfg     Config
	state   State
	weights []uint32
	failing []bool
	blind   bool // the meter sees no server that gets nothing
	period  int
}

func newGate(servers int) *gate {
	g := &gate{cfg: withSource("prom", "prom"), failing: make([]bool, servers)}
	g.cfg.Services[0].Policy, g.cfg.Services[0].Weights.Eject = Optimize, true
	for range servers {
		g.weights = append(g.weights, 10)
	}
	return g
}

// step lets a period pass, and carries out what is decided.
func (g *gate) step(t *testing.T) ServicePlan {
	t.Helper()
	g.period++
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	var observations []Observation
	for i, w := range g.weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: w, ActiveConnections: 2,
			Stats: ipvs.Stats{Connections: uint64(1000 * g.period)}})
		errors := 0.0
		if g.failing[i] {
			errors = 1
		}
		if w > 0 || !g.blind {
			observations = append(observations, seen("prom", i, 0.02, 100, errors))
		}
	}
	plan, state := Step(g.cfg, g.state, &ipvs.Table{Services: []ipvs.VirtualService{v}}, observations, after(10*float64(g.period)))
	g.state = state
	if at := state.unsound(); at != nil {
		t.Errorf("period %d: unsound state of %s", g.period, at)
	}
	for i, s := range plan.Services[0].Servers {
		if s.PreviousWeight != g.weights[i] || s.Weight != g.weights[i] && plan.Services[0].Action != Apply {
			t.Errorf("period %d: %s plans %+v at weight %d", g.period, plan.Services[0].Action, s, g.weights[i])
		}
		g.weights[i] = s.Weight
	}
	return plan.Services[0]
}

// out returns which servers have a weight of 0.
func (g *gate) out() []int {
	var out []int
	for i, w := range g.weights {
		if w == 0 {
			out = append(out, i)
		}
	}
	return out
}

func TestEject(t *testing.T) {
	tests := []struct {
		name    string
		servers int
		change  func(g *gate)
		want    []int // out after some periods
		says    string
	}{
		{"by default none", 4, func(g *gate) { g.cfg.Services[0].Weights.Eject, g.failing[1] = false, true }, nil, ""},
		{"static", 4, func(g *gate) { g.cfg.Services[0].Policy, g.failing[1] = Static, true }, nil, ""},
		{"one that fails", 4, func(g *gate) { g.failing[1] = true }, []int{1}, ""},
		{"one of two", 2, func(g *gate) { g.failing[0] = true }, []int{0}, ""},
		{"half", 4, func(g *gate) { g.failing[1], g.failing[2] = true, true }, []int{1, 2}, ""},
		{"more than half fail", 4, func(g *gate) { g.failing[0], g.failing[1], g.failing[2] = true, true, true }, nil,
			"3 of 4 real servers fail, which is taken to be no fault of theirs"},
		{"all fail", 2, func(g *gate) { g.failing[0], g.failing[1] = true, true }, nil, "2 of 2 real servers fail"},
		{"somebody else's 0", 4, func(g *gate) { g.weights[3] = 0 }, []int{3}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGate(test.servers)
			for range 5 {
				g.step(t)
			}
			test.change(g)
			var plan ServicePlan
			for range 3 {
				plan = g.step(t)
			}
			if got := g.out(); !slices.Equal(got, test.want) {
				t.Errorf("out are %v, want %v: %s", got, test.want, plan.Reason)
			}
			if !strings.Contains(plan.Reason, test.says) {
				t.Errorf("reason %q", plan.Reason)
			}
		})
	}
}

// TestEjectedComesBack has a server that fails come back, at a small part of
// the requests, as soon as it is well.
func TestEjectedComesBack(t *testing.T) {
	g := newGate(4)
	for range 5 {
		g.step(t)
	}
	g.failing[1] = true
	for range 20 { // its meter says that it fails, however long it is out
		g.step(t)
	}
	if plan := g.step(t); !slices.Equal(g.out(), []int{1}) || plan.Servers[1].Reason.String() != "is ejected" {
		t.Fatalf("out are %v: %+v", g.out(), plan.Servers[1])
	}
	if got := *baselineOf(g.state, 1); got.Was != 10 || got.Writing != 0 {
		t.Errorf("what stood before is %+v", got)
	}
	g.failing[1] = false
	plan := g.step(t)
	if len(g.out()) > 0 || plan.Servers[1].Reason.String() != "was ejected, is tried again" {
		t.Fatalf("well again, out are %v: %+v", g.out(), plan.Servers[1])
	}
	if share := *plan.Servers[1].ShareRatio; share > 0.26 {
		t.Errorf("comes back with a share of %v", share)
	}
	for range 10 {
		g.step(t)
	}
	if share := SharesOf(g.weights)[1]; share < 0.2 {
		t.Errorf("has a share of %v in the end", share)
	}
}

func baselineOf(s State, server int) *kept[uint32] {
	for _, known := range s.Baseline[plantService].Servers {
		if known.Server == plantServer(server) {
			return &known.Weight
		}
	}
	return &kept[uint32]{}
}

// TestWaitsDouble has a server fail whenever it gets requests, which is all
// that its meter sees.
func TestWaitsDouble(t *testing.T) {
	g := newGate(4)
	g.blind = true
	for range 5 {
		g.step(t)
	}
	g.failing[1] = true
	var outages []int
	for length := 0; g.period < 60; {
		g.step(t)
		switch out := len(g.out()) > 0; {
		case out:
			length++
		case length > 0:
			outages = append(outages, length)
			length = 0
		}
	}
	if want := []int{3, 6, 12, 24}; !slices.Equal(outages, want) {
		t.Errorf("out for %v periods, want %v", outages, want)
	}
}

// TestEjectedIsTheOperators has somebody else give an ejected server a weight.
func TestEjectedIsTheOperators(t *testing.T) {
	g := newGate(4)
	for range 5 {
		g.step(t)
	}
	g.failing[1] = true
	g.step(t)
	if !slices.Equal(g.out(), []int{1}) {
		t.Fatalf("out are %v", g.out())
	}
	g.failing[1], g.weights[1] = false, 7
	g.step(t)
	g.weights[1] = 0 // by somebody else, this time
	for range 10 {
		g.step(t)
	}
	if !slices.Equal(g.out(), []int{1}) {
		t.Errorf("out are %v", g.out())
	}
}

// TestEjectedIsLetGo has somebody else take the service over while a server is
// out: it comes back as it was, once.
func TestEjectedIsLetGo(t *testing.T) {
	g := newGate(4)
	g.cfg.Services[0].writers = "kube-proxy (interface kube-ipvs0)"
	for range 5 {
		g.step(t)
	}
	g.failing[1] = true
	g.step(t)
	if !slices.Equal(g.out(), []int{1}) {
		t.Fatalf("out are %v", g.out())
	}
	g.weights[0]++
	p := g.step(t)
	if p.Action != Apply || p.Code != CodeYielded || g.weights[1] != 10 {
		t.Errorf("%s, %s: %s; weights %v", p.Action, p.Code, p.Reason, g.weights)
	}
	g.weights[1] = 0 // by who has the service
	if p := g.step(t); p.Action != Skip || p.Code != CodeYielded || g.weights[1] != 0 {
		t.Errorf("%s, %s: %s; weights %v", p.Action, p.Code, p.Reason, g.weights)
	}
}

// TestEjectedIsWatched has the meters go on with an ejected server, and with no
// other one at a weight of 0.
func TestEjectedIsWatched(t *testing.T) {
	g := newGate(4)
	g.weights[3] = 0
	for range 5 {
		g.step(t)
	}
	g.failing[1] = true
	p := g.step(t)
	for range 2 {
		targets := make(map[string][]Target)
		(&turn{config: g.cfg, plan: Plan{Services: []ServicePlan{p}}}).addTargets(targets)
		var watched []ipvs.ServerID
		for _, target := range targets["prom"] {
			watched = append(watched, target.Server)
		}
		if want := []ipvs.ServerID{plantServer(0), plantServer(1), plantServer(2)}; !slices.Equal(watched, want) {
			t.Errorf("watches %v", watched)
		}
		p = g.step(t)
	}
}

// TestHangIsTriedAgain has a server hang of which nobody but the director
// tells.
func TestHangIsTriedAgain(t *testing.T) {
	s := newStreet(1, 250, equalMeans(5, 40*time.Millisecond)...)
	var state State
	s.tune(&state, 0, 61*time.Second)
	s.servers[3].hangs = true
	s.tune(&state, 61*time.Second, 75*time.Second)
	share := func() float64 {
		var weights []uint32
		for _, l := range s.servers {
			weights = append(weights, l.weight)
		}
		return SharesOf(weights)[3]
	}
	if got := share(); got > 0.01 {
		t.Fatalf("it hangs, with a share of %v", got)
	}
	s.servers[3].hangs = false
	s.tune(&state, 75*time.Second, 200*time.Second)
	if known := knownOf(state, 3); !known.Hangs.IsZero() || !known.Belief.Known() {
		t.Errorf("it is well for two minutes, and known by %+v", known)
	}
	if got := share(); got < 0.02 {
		t.Errorf("it is well for two minutes, with a share of %v", got)
	}
}
