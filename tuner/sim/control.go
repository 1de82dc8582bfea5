package sim

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// control is the tuner at work, as tuner.Loop runs it: one decision at once
// and then one every interval, and samples of the service in between if the
// last plan cares for it.
type control struct {
	config  tuner.Config
	watch   time.Duration // between samples; 0 is none
	service ipvs.ServiceID
	off     bool // the policy is not the tuner's
	state   tuner.State
	next    time.Duration // decision
	looked  time.Duration // at what speaks for an early one
	made    decisions
}

func newControl(c Config, policy tuner.Policy) control {
	settings := c.Tuner.Settings
	settings.Match, settings.Policy = c.Service.ID.String(), policy
	settings.Source = tuner.ServiceSource{Latency: []string{"simulated"}, Errors: "simulated"}
	if source := c.Meter.source(); source != "" {
		settings.Source.Errors = source
	}
	return control{
		config: tuner.Config{
			Interval: c.Tuner.Interval,
			Sources:  map[string]tuner.Source{"simulated": {Type: tuner.Connections}},
			Services: []tuner.ServiceConfig{settings},
		},
		watch:   c.Tuner.Watch,
		service: c.Service.ID,
		off:     policy == Equal || policy == Oracle,
	}
}

// epoch returns the time of day of an instant.
func epoch(now time.Duration) time.Time {
	return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC).Add(now)
}

// decide samples, or makes one decision and carries it out.
func (r *run) decide() error {
	c := &r.control
	if r.policy == Oracle && r.config.Tuner.Limited() {
		r.calendar.set(r.sources.control, r.now+r.limitEvery())
		return r.limit()
	}
	if c.off {
		r.calendar.set(r.sources.control, forever)
		return nil
	}
	if r.now < c.next {
		return r.look()
	}
	c.looked = r.now
	var observations []tuner.Observation
	if r.meter != nil {
		observations = r.meter.observations(r.now, c.service, r.servers)
	}
	var plan tuner.Plan
	plan, c.state = tuner.Step(c.config, c.state, r.wire.director.Table(r.now), observations, epoch(r.now))
	c.made.note(plan)
	c.next = r.now + c.config.Interval
	r.calendar.set(r.sources.control, c.next)
	if c.watch > 0 && len(plan.Tuned()) > 0 {
		r.calendar.set(r.sources.control, min(r.now+c.watch, c.next))
	}
	return r.carryOut(serversOf(plan))
}

// serversOf returns what a plan decides on all servers.
func serversOf(plan tuner.Plan) (servers []tuner.ServerPlan) {
	for _, service := range plan.Services {
		servers = append(servers, service.Servers...)
	}
	return servers
}

// look samples between two decisions, and makes one early where something speaks
// for it.
func (r *run) look() error {
	c := &r.control
	r.calendar.set(r.sources.control, min(r.now+c.watch, c.next))
	servers := r.service.Servers(r.now)
	c.state.Sample(c.service, servers, c.config.Interval, epoch(r.now))
	if err := r.carryOut(c.state.Limit(c.config, c.service, servers, epoch(r.now))); err != nil {
		return err
	}
	if r.now-c.looked < tuner.LookInterval {
		return nil
	}
	c.looked = r.now
	var failing []tuner.Observation
	if r.meter != nil {
		failing = r.meter.failing(r.now, c.service, r.servers)
	}
	alarm := c.state.Alarm(c.service, servers, failing, epoch(r.now))
	if alarm == "" {
		return nil
	}
	var plan tuner.Plan
	plan, c.state = tuner.StepEarly(c.config, c.state, r.wire.director.Table(r.now), failing, tuner.Alarms{c.service: alarm}, epoch(r.now))
	c.made.note(plan)
	return r.carryOut(serversOf(plan))
}

// carryOut writes the weights and thresholds that a plan changes, in its order.
func (r *run) carryOut(servers []tuner.ServerPlan) error {
	var changes []change
	for _, s := range servers {
		at := slices.IndexFunc(r.servers, func(known realServer) bool { return known.ID == s.Server })
		changes = append(changes, change{at, ipvs.Edit{Weight: &s.Weight, UpperThreshold: &s.UpperThreshold, LowerThreshold: &s.LowerThreshold}})
	}
	return r.write(changes)
}
