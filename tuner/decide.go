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
// neither the state given nor the table. A weight that somebody else changed
// is simply where it starts from, and a quiescent server stays as it is.
func Step(cfg Config, state State, table *ipvs.Table, observations []Observation, now time.Time) (Plan, State) {
	now = instant(now)
	plan := Plan{Time: now, Services: []ServicePlan{}}
	next := State{Time: now, Services: make(map[ipvs.ServiceID]serviceState)}
	curves := capacity.NewCurves()
	seen, at := byService(observations), momentOf(now, state.Time, cfg.Interval)
	var sorted []ipvs.RealServer
	var servers []server
	for _, v := range sortedServices(table) {
		c, ok := cfg.service(v.ID)
		if !ok {
			continue
		}
		v.Servers = byIdentity(v.Servers, &sorted)
		servers = available(v.Servers, servers)
		known := state.Services[v.ID].sample(v.Servers, cfg.Interval, now)
		f := fleet{service: v, factor: float64(cmp.Or(table.Director.OverheadFactor, 257)), servers: servers, limits: c.Weights, at: at, curves: curves, start: state.Baseline[v.ID]}
		plan.Services = append(plan.Services, c.step(&f, &known, cfg.given(c, seen[v.ID]), table.Director.Timeouts))
		next.Services[v.ID] = known
	}
	next.Baseline = state.Baseline.step(table, plan)
	return plan, next
}

// step decides on one virtual service, and takes what it learns into known.
func (c ServiceConfig) step(f *fleet, known *serviceState, given given, timeouts ipvs.Timeouts) ServicePlan {
	known.track(f.servers, f.at)
	ignored := f.observe(known, &given)
	for i := range f.servers {
		f.servers[i].reason = f.servers[i].presence()
	}
	limited, full := []limits.Decision(nil), false
	if c.limited() {
		limited, full = c.limit(f, known, timeouts)
	}
	d := hold(CodeFull, "all real servers have all that they bear: thresholds share out the requests, and what they refuse counts in no demand")
	if !full {
		d = c.decide(f, known)
	}
	if len(ignored) > 0 {
		d.reason += "; ignored observations: " + strings.Join(ignored, ", ")
	}
	p := f.plan(c.Policy, d)
	p.limit(f.servers, limited)
	p.Autoscaling, known.Scaling = c.Autoscaling.Advise(known.Scaling, f.cameAndBears(), f.at.now)
	return p
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

// decide applies the policy, unless something speaks against it.
func (c ServiceConfig) decide(f *fleet, known *serviceState) decision {
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
	compared(f.servers)
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
