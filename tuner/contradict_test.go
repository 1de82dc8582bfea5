package tuner

import (
	"strings"
	"testing"
	"time"
)

// What one source says twice of a server is ignored where it cannot both be,
// whichever comes first.
func TestContradictory(t *testing.T) {
	later := seen("prom", 0, 9, 100, 0)
	later.Time = after(-5)
	tests := []struct {
		name     string
		one, two Observation
		ignored  bool
	}{
		{"fails and is well", seen("prom", 0, 0.1, 100, 1), seen("prom", 0, 0.1, 100, 0), true},
		{"fast and slow", seen("prom", 0, 0.1, 100, 0), seen("prom", 0, 9, 100, 0), true},
		{"twice the same", seen("prom", 0, 0.1, 100, 0), seen("prom", 0, 0.1, 100, 0), false},
		{"about as fast", seen("prom", 0, 0.1, 100, 0), seen("prom", 0, 0.2, 100, 0), false},
		{"of another moment", later, seen("prom", 0, 0.1, 100, 0), false},
		{"of another source", seen("probe", 0, 9, 100, 1), seen("prom", 0, 0.1, 100, 0), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, both := range [][]Observation{{test.one, test.two}, {test.two, test.one}} {
				given := append(both, seen("prom", 1, 0.1, 100, 0), seen("prom", 2, 0.1, 100, 0))
				plan, state := Step(withSource("prom", "prom"), State{}, threeServers(0), given, after(0).Add(time.Second))
				p := plan.Services[0]
				if got := strings.Contains(p.Reason, "10.0.1.1:80 is told two things that cannot both be"); got != test.ignored {
					t.Errorf("ignored %t: %s", got, p.Reason)
				}
				if known := state.Services[plantService].Servers[0]; known.Failing || (known.Estimate.Variance == 0) != test.ignored {
					t.Errorf("learned %+v", known.Estimate)
				}
			}
		})
	}
}

// A server that is idle according to its source, and to which the director
// forwards connections, is told of as both, and its share stands.
func TestIdleWithConnections(t *testing.T) {
	for _, policy := range []Policy{Equalize, Optimize} {
		for _, test := range []struct {
			name       string
			perSecond  uint64
			idle, says bool
		}{
			{"connections come", 20, true, true},
			{"too few to tell", 1, true, false},
			{"requests are told too", 20, false, false},
		} {
			t.Run(string(policy)+", "+test.name, func(t *testing.T) {
				cfg, state := withSource("prom", "prom"), State{}
				cfg.Services[0].Policy = policy
				var plan Plan
				for period := range 12 {
					table := threeServers(0)
					for i := range table.Services[0].Servers {
						table.Services[0].Servers[i].Stats.Connections = test.perSecond * uint64(10*period)
					}
					told := []Observation{seen("prom", 0, -1, 0, -1), seen("prom", 1, 0.1, 20, 0), seen("prom", 2, 0.1, 20, 0)}
					if !test.idle {
						told[0] = seen("prom", 0, 0.1, 20, 0)
					}
					plan, state = Step(cfg, state, table, told, after(float64(10*period)))
				}
				s := plan.Services[0].Servers[0]
				if got := strings.Contains(s.Reason.String(), "is idle according to prom, though 20/s come"); got != test.says || s.Weight != s.PreviousWeight {
					t.Errorf("says so %t, weight %d after %d: %s", got, s.Weight, s.PreviousWeight, s.Reason)
				}
			})
		}
	}
}
