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
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// Step decides on every virtual service of the table that the configuration
// matches. It returns the plan and the state for the next step; it changes
// neither the state given nor the table, and keeps nothing of that. A weight that somebody else changed
// is simply where it starts from, and a quiescent server stays as it is.
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
	plan := Plan{Time: now, Services: make([]ServicePlan, 0, len(table.Services))}
	next := State{Time: now, Services: make(map[ipvs.ServiceID]serviceState, len(table.Services))}
	curves := capacity.NewCurves()
	seen := byService(observations)
	var f fleet // the room that one service took is the next one's
	var sorted []ipvs.RealServer
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
		at := momentOf(stampOf(now), state.Services[v.ID].Time, cfg.Interval)
		at.early = alarm != ""
		at.staleness = c.Guards.staleness(cfg.Interval)
		v.Servers = byIdentity(v.Servers, &sorted)
		given := cfg.given(c, seen[v.ID])
		if p, known, rests := c.rest(&v, state.Services[v.ID], given, at); rests {
			plan.Services, next.Services[v.ID] = append(plan.Services, p), known
			continue
		}
		known := state.Services[v.ID].sample(v.Servers, cfg.Interval, at.now)
		known.Time = at.now
		if at.early {
			given = given.early(&known)
		}
		conflict := c.Policy != Static && known.edited(v.Servers, state.Baseline[v.ID])
		forbidden := c.guard(&known.Guard, conflict, at)
		c.Weights.Eject = c.Weights.Eject && c.Policy != Static && forbidden == nil
		var back []ipvs.ServerID
		if forbidden == nil {
			v.Servers, back = known.readmit(v.Servers, &given, &c, at)
		}
		f = fleet{service: v, factor: float64(cmp.Or(table.Director.OverheadFactor, 257)), limits: c.Weights, at: at, curves: curves, start: state.Baseline[v.ID].returning(back, c.Weights.Min), forbidden: forbidden,
			room: f.room.next(v.Servers)}
		p := c.step(&f, &known, given, table.Director.Timeouts)
		known.admit(&p, back)
		if at.early {
			p.Reason += "; decided early, since " + alarm
		}
		known.guarded(&f, &p)
		p.conflict = conflict
		plan.Services = append(plan.Services, p)
		known.round()
		next.Services[v.ID] = known
	}
	next.Baseline = state.Baseline.step(table, plan)
	return plan, next
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
	if c.order == nil {
		d = f.soften(d, c.Guards.MaxLoweredRatio)
	}
	if f.forbidden != nil && d.action == Apply {
		d = known.onlyObserve(*f.forbidden, d)
	}
	known.recover(f.servers, f.at)
	p := f.plan(c.Policy, d)
	p.limited = c.limited()
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

// decision is what is to be done about a virtual service, and why.
type decision struct {
	action  Action
	code    Code
	reason  string
	weights []uint32 // of the available servers, under Apply only; nil leaves them

	scheduler string // that the service is to have instead of its own; "" leaves that
}

func hold(code Code, reason string) decision {
	return decision{action: Hold, code: code, reason: reason}
}

// decide applies the policy, unless something speaks against it; panics says so
// where too many servers fail.
func (c ServiceConfig) decide(f *fleet, known *serviceState, panics string) decision {
	scheduler := f.scheduler()
	if c.Scheduler != "" && c.Scheduler != scheduler {
		return decision{action: Apply, code: CodeScheduler, scheduler: c.Scheduler,
			reason: "scheduler " + scheduler + " becomes " + c.Scheduler}
	}
	if c.Policy == Static {
		return hold(CodeStatic, "the policy leaves the weights alone")
	}
	if why := sharing.Refusal(&f.service); why != "" {
		return decision{action: Skip, code: CodeScheduler, reason: "scheduler " + scheduler + " " + why}
	}
	if c.Policy == Overhead && !f.uncounted() {
		return decision{action: Skip, code: CodeScheduler, reason: "scheduler " + scheduler +
			" compares connections itself, and the policy overhead is for those that do not: wrr, mh and sh"}
	}
	if n := len(f.servers); n < 2 {
		return hold(CodeOneServer, fmt.Sprintf("available real servers: %d, nothing to share out", n))
	}
	if panics != "" {
		return hold(CodePanic, panics)
	}
	if silent := c.silent(f, known); silent != nil {
		return *silent
	}
	if c.Policy != Overhead && f.sessions() {
		return hold(CodeSessions, "connections last so long that they are sessions, whose length says nothing of a server: tune it by another source")
	}
	f.peers.compare(f.servers)
	if c.Policy == Optimize {
		return f.optimize(known)
	}
	if d, ok := tooFewObserved(f.servers); ok {
		return d
	}
	f.reckon()
	switch c.Policy {
	case InverseLatency:
		return f.inverseLatency(known)
	case Overhead:
		return f.overhead(known)
	}
	return f.equalize(known)
}

// sessions reports whether the director's counters show how long sessions last
// and not requests: at the server where they are shortest too, connections last
// for half a period. One that is overrun shows such times as well, but not all.
func (f *fleet) sessions() bool {
	measured := false
	for i := range f.servers {
		if s := &f.servers[i]; s.measured {
			measured = true
			if !s.counters || s.latency < f.at.interval.Seconds()/2 {
				return false
			}
		}
	}
	return measured
}

// tooFewObserved reports whether too few servers are observed to compare them,
// and what follows.
func tooFewObserved(servers []server) (decision, bool) {
	measured, failing, idle := 0, 0, 0
	for _, s := range servers {
		switch {
		case s.failing:
			failing++
		case s.measured:
			measured++
		case s.idle:
			idle++
		}
	}
	switch n, seen := len(servers), measured+failing; {
	case 2*(seen+idle) < n:
		return hold(CodeNoObservations, fmt.Sprintf(
			"there are observations of %d of %d available real servers, fewer than half", seen+idle, n)), true
	case measured == 0 && failing > 0:
		return hold(CodeNoObservations, "all observed real servers fail their requests"), true
	case seen < 2 && idle > 0:
		return hold(CodeIdle, fmt.Sprintf("of %d available real servers %d are idle", n, idle)), true
	case seen < 2:
		return hold(CodeNoObservations, "one observed real server compares with none"), true
	}
	return decision{}, false
}
