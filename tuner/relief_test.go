package tuner

import (
	"fmt"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// TestFailingIsRelieved has one of five equal real servers fail, of which little
// is known yet: what it gets is lost, whatever the others may turn out to bear,
// unless it is plain that they do not bear it.
func TestFailingIsRelieved(t *testing.T) {
	for _, test := range []struct {
		perSecond, seconds float64
		want               Action
	}{
		{2, 0.01, Apply}, {2, 0.2, Apply}, {2, 1, Apply},
		{12, 0.01, Apply}, {12, 0.2, Apply}, {12, 1, Apply},
		{60, 0.01, Apply}, {60, 0.2, Apply},
		{60, 3, Hold}, // the others do all that they can
	} {
		for known := 2; known <= 5; known++ {
			t.Run(fmt.Sprintf("%v/s of %v s, %d periods", test.perSecond, test.seconds, known), func(t *testing.T) {
				p := afterOneFails(known, test.perSecond, test.seconds)
				if p.Action != test.want || test.want == Apply && *p.Servers[4].ShareRatio > 0.01 {
					t.Errorf("%s: %s; it gets %v", p.Action, p.Reason, *p.Servers[4].ShareRatio)
				}
			})
		}
	}
}

// afterOneFails returns what is decided once the last of five servers fails,
// after so many periods in which none did.
func afterOneFails(periods int, perSecond, seconds float64) ServicePlan {
	cfg, state := withSource("prom", "prom"), State{}
	cfg.Services[0].Policy = Optimize
	var plan Plan
	for period := range periods + 1 {
		v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
		var observations []Observation
		for i := range 5 {
			v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: 100, ActiveConnections: uint32(perSecond * seconds),
				Stats: ipvs.Stats{Connections: uint64(10 * perSecond * float64(period))}})
			errors := 0.0
			if i == 4 && period == periods {
				errors = 1
			}
			observations = append(observations, seen("prom", i, seconds, perSecond, errors))
		}
		plan, state = Step(cfg, state, &ipvs.Table{Services: []ipvs.VirtualService{v}}, observations, after(10*float64(period)))
	}
	return plan.Services[0]
}
