package tuner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// Step decides on every virtual service of the table that the configuration
// matches. It returns the plan and the state for the next step; it changes
// neither the state given nor the table, and keeps nothing of that. A weight
// that somebody else changed is simply where it starts from, and a quiescent
// server stays as it is.
func Step(cfg Config, state State, table *ipvs.Table, observations []Observation, now time.Time) (Plan, State) {
	return step(cfg, state, table, observations, nil, now)
}

// StepEarly decides as [Step] does on the virtual services that there are
// alarms of, and on no others: the plan has none of them, and what is known of
// them stays as it is. The observations may be of some servers only.
func StepEarly(cfg Config, state State, table *ipvs.Table, observations []Observation, alarms Alarms, now time.Time) (Plan, State) {
	return step(cfg, state, table, observations, alarms, now)
}

// Alarms say why virtual services are to be decided on early; see
// [State.Alarm].
type Alarms map[ipvs.ServiceID]string

// step decides on all virtual services where alarms are nil.
func step(cfg Config, state State, table *ipvs.Table, observations []Observation, alarms Alarms, now time.Time) (Plan, State) {
	now = instant(now)
	s := stepping{cfg: cfg, last: state, now: stampOf(now), seen: byService(observations), curves: capacity.NewCurves(),
		factor: float64(cmp.Or(table.Director.OverheadFactor, 257)), timeouts: table.Director.Timeouts}
	plan := Plan{Time: now, Services: make([]ServicePlan, 0, len(table.Services))}
	next := State{Time: now, Services: make(map[ipvs.ServiceID]serviceState, len(table.Services))}
	for _, v := range sortedServices(table) {
		c, ok := cfg.service(v.ID)
		if !ok {
			continue
		}
		alarm := alarms[v.ID]
		if alarms != nil && alarm == "" {
			next.Services[v.ID] = state.Services[v.ID]
			continue
		}
		p, known := s.service(v, c, alarm)
		plan.Services, next.Services[v.ID] = append(plan.Services, p), known
	}
	next.Baseline = state.Baseline.step(table, plan)
	return plan, next
}

// stepping is a step on its way from one virtual service to the next.
type stepping struct {
	cfg      Config
	last     State
	now      stamp
	seen     map[ipvs.ServiceID][]Observation
	curves   *capacity.Curves
	factor   float64 // the director's overhead factor
	timeouts ipvs.Timeouts

	room   room // what one service took is the next one's
	sorted []ipvs.RealServer
}

// service decides on one virtual service, early where there is an alarm.
func (s *stepping) service(v ipvs.VirtualService, c ServiceConfig, alarm string) (ServicePlan, serviceState) {
	last := s.last.Services[v.ID]
	at := momentOf(s.now, last.Time, s.cfg.Interval)
	at.early, at.staleness = alarm != "", c.Guards.staleness(s.cfg.Interval)
	v.Servers = byIdentity(v.Servers, &s.sorted)
	given := s.cfg.given(c, s.seen[v.ID], &last, at)
	if p, known, rests := c.rest(&v, last, given, at); rests {
		return p, known
	}
	known := last.sample(v.Servers, s.cfg.Interval, at.now)
	known.Time = at.now
	if at.early {
		given = given.early(&known)
	}
	start := s.last.Baseline[v.ID]
	conflict := c.Policy != Static && known.edited(v.Servers, start)
	forbidden := c.guard(&known.Guard, conflict, at)
	c.Weights.Eject = c.Weights.Eject && c.Policy != Static && forbidden == nil
	var back []ipvs.ServerID
	switch {
	case forbidden == nil:
		v.Servers, back = known.readmit(v.Servers, &given, &c, at)
	case forbidden.code == CodeYielded:
		v.Servers, back = known.release(v.Servers, start, c.Weights)
	}
	f := fleet{service: v, factor: s.factor, limits: c.Weights, at: at, curves: s.curves, start: start.returning(v.Servers, back), forbidden: forbidden, room: s.room.next(v.Servers)}
	p := c.step(&f, &known, given, s.timeouts)
	known.admit(&p, back)
	if at.early {
		p.Reason += "; decided early, since " + alarm
	}
	known.guarded(&f, &p)
	p.conflict = conflict
	known.round()
	s.room = f.room
	return p, known
}

// step decides on one virtual service, and takes what it learns into known.
func (c ServiceConfig) step(f *fleet, known *serviceState, given given, timeouts ipvs.Timeouts) ServicePlan {
	known.track(f.servers, f.at)
	ignored := f.observe(known, &given)
	f.listen(known, given.counters)
	panics := f.spare(known, c.Guards.PanicRatio)
	f.bound()
	f.limits.Min = min(max(f.limits.Min, c.Guards.leastWeight(len(f.servers))), f.limits.Max)
	for i := range f.servers {
		f.servers[i].reason = f.servers[i].presence()
	}
	limited, full := []limits.Decision(nil), false
	switch {
	case f.forbidden != nil:
	case c.limited():
		limited, full = c.limit(f, known, timeouts)
	default:
		known.unlimit()
	}
	var d decision
	switch {
	case f.forbidden != nil && f.forbidden.code != CodeObserving:
		d = *f.forbidden
	case c.order != nil && c.Policy != Static && (c.Scheduler == "" || c.Scheduler == f.scheduler()):
		d = c.order.follow(f)
	case full:
		d = hold(CodeFull, "all real servers have all that they bear: thresholds share out the requests, and what they refuse counts in no demand")
	default:
		d = c.decide(f, known, panics)
	}
	if len(ignored) > 0 {
		d.reason += "; ignored observations: " + strings.Join(ignored, ", ")
	}
	if given.instead != "" {
		d.reason += "; nothing is heard from " + given.instead
	}
	if c.order == nil {
		d = f.soften(d, c.Guards.MaxLoweredRatio)
	}
	if f.forbidden != nil && d.action == Apply {
		d = known.onlyObserve(*f.forbidden, d)
	}
	known.recover(f.servers, f.at)
	p := f.plan(c.Policy, d)
	p.limited = c.limited()
	if p.tuned() {
		p.Source = given.from(c.Source)
	}
	p.limit(f.servers, limited)
	p.Autoscaling, known.Scaling = c.Autoscaling.Advise(known.Scaling, f.cameAndBears(), f.at.now.time())
	if _, silent := known.Guard.silence(f.at); !silent {
		known.eject(f, &p, c.Guards)
	}
	known.Rest = f.beginRest(&p)
	return p
}

// spare treats no server as failing where too many do, and says so then.
func (f *fleet) spare(known *serviceState, most float64) string {
	failing, all := known.fail()
	if float64(failing) <= most*float64(all) {
		return ""
	}
	for i := range f.servers {
		f.servers[i].failing, f.servers[i].hangs = false, false
	}
	return fmt.Sprintf("%d of %d real servers fail, which is taken to be no fault of theirs", failing, all)
}

// sortedServices returns the table's services by identity.
func sortedServices(table *ipvs.Table) []ipvs.VirtualService {
	services := slices.Clone(table.Services)
	slices.SortFunc(services, func(a, b ipvs.VirtualService) int { return a.ID.Compare(b.ID) })
	return services
}
