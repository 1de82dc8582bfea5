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
