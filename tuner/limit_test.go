package tuner

import (
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// besieged is a service whose servers are read by a meter: two of them, that
// bear 100 requests a second each, four at once.
type besieged struct {
	config  Config
	service ipvs.VirtualService
	state   State
	now     time.Time
}

func newBesieged(change func(*ServiceConfig, *ipvs.VirtualService)) *besieged {
	b := &besieged{config: plantConfig(), now: after(0)}
	s := &b.config.Services[0]
	s.Policy, s.Thresholds.Policy = Optimize, limits.Concurrency
	b.service = ipvs.VirtualService{ID: plantService, Scheduler: "wlc"}
	for i := range 2 {
		b.service.Servers = append(b.service.Servers, ipvs.RealServer{ID: plantServer(i), Weight: 1})
	}
	change(s, &b.service)
	s.Match = b.service.ID.String()
	return b
}

// step lets a period pass in which each server gets so many requests a second,
// which take so long, and makes a step. Connections are open no longer.
func (b *besieged) step(perSecond, seconds float64) ServicePlan {
	return b.stepWith(perSecond, seconds, uint32(perSecond*seconds))
}

// stepWith does the same with another number of active connections.
func (b *besieged) stepWith(perSecond, seconds float64, active uint32) ServicePlan {
	b.now = b.now.Add(b.config.Interval)
	var seen []Observation
	none := 0.0
	for i := range b.service.Servers {
		s := &b.service.Servers[i]
		s.Stats.Connections += uint64(perSecond * b.config.Interval.Seconds())
		s.ActiveConnections = active
		seen = append(seen, Observation{Service: b.service.ID, Server: s.ID, Time: b.now,
			RequestsPerSecond: &perSecond, LatencySeconds: &seconds, ErrorRatio: &none})
	}
	table := &ipvs.Table{Services: []ipvs.VirtualService{b.service}}
	plan, state := Step(b.config, b.state, table, seen, b.now)
	b.state = state
	for i, s := range plan.Services[0].Servers {
		b.service.Servers[i].UpperThreshold, b.service.Servers[i].LowerThreshold = s.UpperThreshold, s.LowerThreshold
	}
	return plan.Services[0]
}

// look makes a decision between two steps.
func (b *besieged) look(active, inactive uint32) []ServerPlan {
	b.now = b.now.Add(SampleInterval)
	for i := range b.service.Servers {
		b.service.Servers[i].ActiveConnections, b.service.Servers[i].InactiveConnections = active, inactive
	}
	b.state.Sample(b.service.ID, b.service.Servers, b.config.Interval, b.now)
	return b.state.Limit(b.config, b.service.ID, b.service.Servers, b.now)
}

func asItWas(*ServiceConfig, *ipvs.VirtualService) {}

// calm lets so many periods pass at half of the capacity.
func (b *besieged) calm(periods int) (last ServicePlan) {
	for range periods {
		last = b.step(50, 0.044)
	}
	return last
}

func TestStepSetsThresholds(t *testing.T) {
	tests := []struct {
		name   string
		change func(*ServiceConfig, *ipvs.VirtualService)
		set    bool
		reason string
	}{
		{"off", func(c *ServiceConfig, _ *ipvs.VirtualService) { c.Thresholds.Policy = limits.Off }, false, ""},
		{"one packet", func(_ *ServiceConfig, v *ipvs.VirtualService) { v.Flags = ipvs.FlagOnePacket }, false, "never active"},
		{"more than the largest", func(c *ServiceConfig, _ *ipvs.VirtualService) { c.Thresholds.Max = 20 }, false, "above the largest"},
		{"optimize", asItWas, true, ""},
		{"static", func(c *ServiceConfig, _ *ipvs.VirtualService) { c.Policy = Static }, true, ""},
		{"a scheduler that ignores weights", func(_ *ServiceConfig, v *ipvs.VirtualService) { v.Scheduler = "rr" }, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBesieged(tt.change)
			p := b.calm(4)
			for _, s := range p.Servers {
				if (s.UpperThreshold > 0) != tt.set || s.LowerThreshold != s.UpperThreshold || !strings.Contains(s.Reason.String(), tt.reason) {
					t.Errorf("got %+v", s)
				}
			}
			if !p.tuned() && tt.set {
				t.Error("thresholds are set and the servers' latencies not asked for")
			}
		})
	}
}

// TestIdleConnectionsTellNothing has clients keep their connections open, from
// the beginning or from some time on.
func TestIdleConnectionsTellNothing(t *testing.T) {
	for _, calm := range []int{0, 4} {
		b := newBesieged(asItWas)
		b.calm(calm)
		var p ServicePlan
		for range 20 {
			p = b.stepWith(50, 0.044, 300)
		}
		for _, s := range p.Servers {
			if s.UpperThreshold > 0 {
				t.Errorf("after %d steps without: got %+v", calm, s)
			}
		}
	}
}

func TestLimitBetweenSteps(t *testing.T) {
	b := newBesieged(asItWas)
	b.step(50, 0.044)
	if got := b.look(60, 6000); got != nil {
		t.Errorf("touched thresholds that no step has set: %+v", got)
	}
	b.calm(4)
	for range 5 {
		if got := b.look(2, 6000); got != nil {
			t.Fatalf("touched thresholds of servers at ease: %+v", got)
		}
	}
	got := b.look(60, 6000)
	if len(got) != 2 || got[0].UpperThreshold < 6005 || got[0].UpperThreshold > 6100 || got[0].Weight != got[0].PreviousWeight {
		t.Errorf("in a crowd: got %+v", got)
	}
	b.service.Servers[1].Weight = 0
	if got := b.look(60, 6000); len(got) != 1 || got[0].Server != plantServer(0) {
		t.Errorf("one is quiescent: got %+v", got)
	}
	b.config.Services[0].Thresholds.Policy = limits.Off
	if got := b.look(60, 6000); got != nil {
		t.Errorf("switched off: got %+v", got)
	}
}

// TestEarlyStepLeavesThresholds makes one at the moment of a decision on
// thresholds alone: they are for the time up to the next one of those.
func TestEarlyStepLeavesThresholds(t *testing.T) {
	b := newBesieged(asItWas)
	b.calm(4)
	b.look(2, 6000)
	for i, s := range b.look(60, 6000) {
		b.service.Servers[i].UpperThreshold, b.service.Servers[i].LowerThreshold = s.UpperThreshold, s.LowerThreshold
	}
	table := &ipvs.Table{Services: []ipvs.VirtualService{b.service}}
	plan, _ := StepEarly(b.config, b.state, table, nil, Alarms{plantService: "somebody says so"}, b.now)
	p := plan.Services[0]
	for _, s := range p.Servers {
		if s.UpperThreshold == 0 || s.thresholds() != s.previousThresholds() {
			t.Errorf("got %+v", s)
		}
	}
	if !p.tuned() {
		t.Error("the service is no longer looked at")
	}
}

// TestMeterThatLagsInACrowd tells of the latency before it while the director
// counts those who wait already.
func TestMeterThatLagsInACrowd(t *testing.T) {
	b := newBesieged(asItWas)
	b.calm(4)
	for n := range heldFor - 1 {
		for _, s := range b.stepWith(100, 0.044, 1000).Servers {
			if s.UpperThreshold == 0 || s.UpperThreshold > 100 {
				t.Errorf("step %d: got %+v", n, s)
			}
		}
	}
}

// TestFailingServerKeepsItsThreshold in a crowd: else it would get all that the
// others refuse.
func TestFailingServerKeepsItsThreshold(t *testing.T) {
	b := newBesieged(asItWas)
	b.calm(4)
	b.state.Services[plantService].Servers[1].Failing = true
	got := b.look(60, 6000)
	if len(got) != 2 || got[1].UpperThreshold < 6005 || got[1].UpperThreshold > 6100 {
		t.Errorf("got %+v", got)
	}
}

// TestFullServersKeepTheirWeights has all that servers bear come, and some
// more, that thresholds refuse.
func TestFullServersKeepTheirWeights(t *testing.T) {
	b := newBesieged(asItWas)
	b.calm(4)
	var p ServicePlan
	for range 5 {
		p = b.step(100, 0.6)
	}
	if p.Code != CodeFull || p.Action != Hold || p.Servers[0].Weight != 1 {
		t.Errorf("got %+v", p)
	}
	p = b.calm(6)
	if p.Code == CodeFull {
		t.Errorf("after the crowd: %+v", p)
	}
}

func TestThresholdsBetweenStepsAreRestored(t *testing.T) {
	b := newBesieged(func(_ *ServiceConfig, v *ipvs.VirtualService) {
		v.Servers[0].UpperThreshold, v.Servers[0].LowerThreshold = 900, 700
	})
	b.calm(4)
	between := thresholds{4711, 4711}
	for _, s := range b.state.Baseline[plantService].Servers {
		if !s.own(between) || s.own(thresholds{}) || s.own(thresholds{4711, 900}) {
			t.Errorf("%+v does not tell its own thresholds", s)
		}
	}
	b.service.Servers[0].UpperThreshold, b.service.Servers[0].LowerThreshold = 4711, 4711
	b.calm(1)
	var note Restoration
	kept := b.state.Baseline[plantService].Servers[0].Thresholds
	if to := kept.restore(thresholds{4712, 4712}, true, "thresholds", thresholds.String, &note); to == nil || *to != (thresholds{900, 700}) {
		t.Errorf("%+v goes back to %v", kept, to)
	}
}

func TestAutoscalingInTheStep(t *testing.T) {
	tests := []struct {
		name   string
		change func(*ServiceConfig, *ipvs.VirtualService)
	}{
		{"optimize", asItWas},
		{"static, without thresholds", func(c *ServiceConfig, _ *ipvs.VirtualService) {
			c.Policy, c.Thresholds.Policy = Static, limits.Off
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBesieged(tt.change)
			if p := b.step(50, 0.044); p.Autoscaling != nil {
				t.Errorf("nothing was counted yet: %+v", p.Autoscaling)
			}
			for range 30 {
				b.step(90, 0.1)
			}
			a := b.step(90, 0.1).Autoscaling
			if a == nil || a.Demand != 180 || a.Desired == nil || *a.Desired < 2 {
				t.Fatalf("got %+v", a)
			}
			if got := *a.Capacity * *a.Utilization; got < 179.9 || got > 180.1 {
				t.Errorf("demand is 180, capacity times utilization %v", got)
			}
		})
	}
}

func TestUncertainCapacityIsNotTold(t *testing.T) {
	b := newBesieged(asItWas)
	for _, s := range b.step(0.3, 0.04).Servers { // three requests each
		if s.CapacityRequestsPerSecond != 0 || s.CapacityErrorRatio != 0 {
			t.Errorf("got %v ± %v", s.CapacityRequestsPerSecond, s.CapacityErrorRatio)
		}
	}
	for _, s := range b.calm(30).Servers {
		if s.CapacityRequestsPerSecond == 0 || s.CapacityErrorRatio > mostCapacityError {
			t.Errorf("got %+v", s)
		}
	}
}

func TestUnsoundLimitsAndScaling(t *testing.T) {
	for name, spoil := range map[string]func(*serviceState){
		"scaling": func(s *serviceState) {
			s.Scaling = scaling.State{Desired: 1, Demand: s.Scaling.Demand}
			s.Scaling.Demand.PerSecond = -1
		},
		"held": func(s *serviceState) { s.Limiting.Held = -1 },
		"fin":  func(s *serviceState) { s.Limiting.FinSeconds = -1 },
		"limit": func(s *serviceState) {
			s.Servers[0].Limit.Active = -1
		},
	} {
		b := newBesieged(asItWas)
		b.calm(3)
		if at := b.state.unsound(); at != nil {
			t.Fatalf("%v is not sound to begin with", at)
		}
		known := b.state.Services[plantService]
		spoil(&known)
		b.state.Services[plantService] = known
		if b.state.unsound() == nil {
			t.Errorf("%s: took it", name)
		}
	}
}
