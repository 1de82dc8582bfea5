package tuner

import (
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// talks is a service of connections that last for five minutes, of which ten a
// second come, seen by the director's counters and by probes.
type talks struct {
	cfg     Config
	state   State
	weights []uint32
	came    []uint64
	now     float64
}

func newTalks(weights ...uint32) *talks {
	k := &talks{cfg: withSource("kernel", "probe"), weights: weights, came: make([]uint64, len(weights))}
	k.cfg.Services[0].Policy = Optimize
	return k
}

// step lets a period pass in which a server fails its probes, -1 for none, and
// takes the weights that are decided on.
func (k *talks) step(failing int) ServicePlan {
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	var observations []Observation
	for i, share := range SharesOf(k.weights) {
		k.came[i] += uint64(100 * share)
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: k.weights[i], ActiveConnections: uint32(3000 * share),
			Stats: ipvs.Stats{Connections: k.came[i]}})
		errors := 0.0
		if i == failing {
			errors = 1
		}
		observations = append(observations, seen("probe", i, 0.01, 10, errors))
	}
	k.now += 10
	var plan Plan
	plan, k.state = Step(k.cfg, k.state, &ipvs.Table{Services: []ipvs.VirtualService{v}}, observations, after(k.now))
	for i, s := range plan.Services[0].Servers {
		k.weights[i] = s.Weight
	}
	return plan.Services[0]
}

// TestFailingSessions has one of the servers fail, whose share of sessions is
// lost for sure, and be well again.
func TestFailingSessions(t *testing.T) {
	tests := []struct {
		name          string
		change        func(*ServiceConfig)
		weights       []uint32
		failing       int
		fails, better []uint32 // weights then
	}{
		{"another policy", func(c *ServiceConfig) { c.Policy = Equalize }, []uint32{10, 20, 30}, 2, []uint32{10, 20, 30}, []uint32{10, 20, 30}},
		{"no room above", func(c *ServiceConfig) { c.Weights.Max = 1 }, []uint32{1, 1, 1}, 2, []uint32{1, 1, 1}, []uint32{1, 1, 1}},
		{"little room above", func(c *ServiceConfig) { c.Weights.Max = 10 }, []uint32{1, 1, 1}, 0, []uint32{1, 10, 10}, []uint32{1, 1, 1}},
		{"small weights", func(*ServiceConfig) {}, []uint32{1, 1, 1}, 1, []uint32{50, 1, 50}, []uint32{1, 1, 1}},
		{"other weights", func(*ServiceConfig) {}, []uint32{10, 20, 30}, 2, []uint32{40, 80, 1}, []uint32{10, 20, 30}},
		{"large weights", func(*ServiceConfig) {}, []uint32{300, 200, 100}, 0, []uint32{1, 200, 100}, []uint32{300, 200, 100}},
		{"a part of it at first", func(c *ServiceConfig) { c.Weights.Eject = true }, []uint32{300, 200, 200}, 0, []uint32{0, 200, 200}, []uint32{30, 200, 200}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := newTalks(slices.Clone(test.weights)...)
			test.change(&k.cfg.Services[0])
			for range 4 {
				k.step(-1)
			}
			if p := k.step(-1); p.Code != CodeSessions || !slices.Equal(k.weights, test.weights) {
				t.Fatalf("before: %s: %s, %v", p.Code, p.Reason, k.weights)
			}
			for _, then := range []struct {
				failing int
				want    []uint32
				code    Code
				says    string
			}{
				{test.failing, test.fails, CodeFailing, "; hardly any new ones go to "},
				{test.failing, test.fails, CodeSessions, ""},
				{-1, test.better, CodeJoined, "; new ones go to "},
			} {
				before := slices.Clone(k.weights)
				p := k.step(then.failing)
				if !slices.Equal(k.weights, then.want) {
					t.Fatalf("weights %v, want %v: %s: %s", k.weights, then.want, p.Code, p.Reason)
				}
				if changes := !slices.Equal(before, then.want); changes && (p.Code != then.code || !strings.Contains(p.Reason, then.says)) || !changes && p.Action != Hold {
					t.Errorf("%s %s: %s", p.Action, p.Code, p.Reason)
				}
			}
		})
	}
}
