package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// failingSessions has one of four servers fail for three minutes, in a service
// of connections that last for two and are sessions to the director.
func failingSessions(scheduler string, eject bool) Config {
	c := scenario(scheduler, 10, 1, 1, 1, 1)
	c.Duration, c.MeasureFrom = 15*time.Minute, 5*time.Minute
	c.Clients.Requests, c.Clients.Think, c.Clients.Hold = 30, 4*second, 20*second
	c.Meter = &Meter{Every: second, Window: 10 * second, ErrorsOnly: true}
	c.Tuner.Watch, c.Tuner.Settings.Weights.Eject = second, eject
	c.Events = []Event{
		{At: 5 * time.Minute, Server: serverID(2), Action: Fail, Errors: 1},
		{At: 8 * time.Minute, Server: serverID(2), Action: Recover},
	}
	return c
}

// TestFailingSessionsAreRelieved wants new connections to go elsewhere within a
// period while a server fails, and to be dealt as before within three minutes
// once it is well.
func TestFailingSessionsAreRelieved(t *testing.T) {
	tests := []struct {
		scheduler string
		eject     bool
		most      float64 // part of the connections that it gets while it fails
	}{{"wrr", false, 0.012}, {"wrr", true, 0.012}, {"wlc", false, 0.08}, {"wlc", true, 0.02}}
	for _, test := range tests {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s, ejects %v, %d", test.scheduler, test.eject, seed), func(t *testing.T) {
				c := failingSessions(test.scheduler, test.eject)
				c.Seed = seed
				failing, after := 0.0, 0.0
				for _, p := range outcome(t, c, tuner.Optimize).Periods {
					switch at := p.AtSeconds; {
					case at >= 310 && at < 480:
						failing += p.Servers[2].ShareRatio / 17
					case at >= 660:
						after += p.Servers[2].ShareRatio / 24
					}
				}
				if failing > test.most {
					t.Errorf("it gets %.3f of the connections while it fails", failing)
				}
				if after < 0.2 {
					t.Errorf("once it is well it gets %.3f", after)
				}
			})
		}
	}
}
