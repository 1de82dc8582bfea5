package tuner

import (
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

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
	if c.Policy != Overhead && f.sessions(known) {
		return f.keepSessions(known, c.Policy)
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
