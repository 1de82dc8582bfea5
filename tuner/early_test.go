package tuner

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// TestLoopDecidesEarly has a meter tell in the middle of a period that a server
// fails.
func TestLoopDecidesEarly(t *testing.T) {
	meter := &fakeMeter{}
	onBench(t, withMeter(meter), func(t *testing.T, b *bench) {
		meter.takes(plantServer(0), 1)
		b.decisions(5)
		before, asked := b.director.weights(), meter.times()
		began := b.LastPlan().Time
		time.Sleep(3 * time.Second)
		meter.fail(plantServer(2))
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		plan := b.LastPlan()
		const want = "; decided early, since 10.0.1.3:80 fails its requests"
		if got := plan.Services[0].Reason; !strings.HasSuffix(got, want) {
			t.Errorf("reason %q, want ...%q", got, want)
		}
		if after := plan.Time.Sub(began); after < 3*time.Second || after > 5*time.Second {
			t.Errorf("decided %s after the one before", after)
		}
		weights := b.director.weights()
		if now, was := SharesOf(weights)[2], SharesOf(before)[2]; now >= was {
			t.Errorf("weights %v after %v", weights, before)
		}
		if meter.times() != asked {
			t.Error("an early decision ended the windows of the meter")
		}
		time.Sleep(3 * time.Second) // it is known now
		synctest.Wait()
		if again := b.LastPlan().Time; !again.Equal(plan.Time) {
			t.Errorf("decided again %s later", again.Sub(plan.Time))
		}
		b.decisions(1)
		if got := b.LastPlan(); got.Time.Sub(began)%b.Config.Interval != 0 || strings.Contains(got.Services[0].Reason, "early") {
			t.Errorf("the period does not go on: %s at %s after %s", got.Services[0].Reason, got.Time, began)
		}
	})
}

// TestEarlyStepLeavesOthersAlone makes one for one of two services.
func TestEarlyStepLeavesOthersAlone(t *testing.T) {
	other := ipvs.MarkService(ipvs.IPv4, 7)
	table := func(step int) *ipvs.Table {
		all := threeServers(step)
		v := all.Services[0]
		v.ID = other
		all.Services = append(all.Services, v)
		return all
	}
	cfg := withSource("prom", "prom")
	cfg.Services[0].Match = "*"
	_, state := Step(cfg, State{}, table(0), nil, after(0))
	_, state = Step(cfg, state, table(1), []Observation{seen("prom", 0, 1, 9, 0)}, after(10))
	plan, next := StepEarly(cfg, state, table(2), nil, Alarms{plantService: "it is time"}, after(13))
	if len(plan.Services) != 1 || plan.Services[0].Service != plantService || !strings.HasSuffix(plan.Services[0].Reason, "; decided early, since it is time") {
		t.Errorf("planned %+v", plan.Services)
	}
	if !reflect.DeepEqual(next.Services[other], state.Services[other]) {
		t.Error("what is known of the other service has changed")
	}
	if got := next.Services[plantService]; got.Time != stampAfter(13) || got.Demand != state.Services[plantService].Demand {
		t.Errorf("of the service it is known %+v", got)
	}
	// The next decision counts from the last one of the period.
	_, last := Step(cfg, next, table(2), nil, after(20))
	if got := knownOf(last, 0).Glance.Time; got != stampAfter(20) {
		t.Errorf("counted up to %s", got.time())
	}
}

func TestAlarm(t *testing.T) {
	four := func(weight uint32) []ipvs.RealServer {
		servers := threeServers(3).Services[0].Servers
		for i := range servers {
			servers[i].Weight = weight
		}
		return append(servers, ipvs.RealServer{ID: plantServer(3), Weight: 1})
	}
	newcomer, slight := four(1), four(100)
	failing := []Observation{seen("prom", 1, 0.001, 20, 1)}
	tests := []struct {
		name    string
		servers []ipvs.RealServer
		failing []Observation
		after   float64 // seconds after the last step
		want    string
	}{
		{"nothing", newcomer[:3], nil, 5, ""},
		{"at once after a step", newcomer, failing, 0.9, ""},
		{"the clock goes back", newcomer, failing, -100, ""},
		{"one server", newcomer[1:2], failing, 5, ""},
		{"a server has joined", newcomer, nil, 1, "10.0.1.4:80 has joined"},
		{"a server has joined with a small weight", slight, nil, 1, ""},
		{"a server fails", newcomer[:3], failing, 1, "10.0.1.2:80 fails its requests"},
		{"fails now and then", newcomer[:3], []Observation{seen("prom", 1, 0.001, 2, 0.1)}, 1, ""},
		{"errors that make no sense", newcomer[:3], []Observation{seen("prom", 1, 0.001, 20, 7)}, 1, ""},
		{"a stranger fails", newcomer[:3], []Observation{seen("prom", 9, 0.001, 20, 1)}, 1, ""},
		{"fails for want of room", newcomer[:3], []Observation{seen("prom", 1, 30, 20, 1)}, 1, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := withSource("prom", "prom")
			_, state := Step(cfg, State{}, threeServers(0), nil, after(0))
			now := after(test.after)
			state.Sample(plantService, test.servers, cfg.Interval, now)
			if got := state.Alarm(plantService, test.servers, test.failing, now); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLateness reckons how many connections come in a time that the kernel's
// counter shows, for clocks of the kernel at all phases.
func TestLateness(t *testing.T) {
	for _, seconds := range []float64{0.4, 1, 2, 3.5, 9, 10} {
		const phases = 10000
		sum, square := 0.0, 0.0
		for i := range phases {
			phase := 2 * (float64(i) + 0.5) / phases
			shown := func(t float64) float64 { return 2 * float64(int((t+phase)/2)) }
			d := shown(100+seconds) - shown(100)
			sum, square = sum+d, square+d*d
		}
		mean := sum / phases
		if got, want := lateness(seconds), square/phases-mean*mean; got < want-0.01 || got > want+0.01 {
			t.Errorf("%v s: got %v, want %v", seconds, got, want)
		}
	}
}
