package starter

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// entry is one of the configuration's services.
type entry struct {
	match     string
	policy    tuner.Policy
	scheduler string   // to use instead; "" is none in particular
	max       uint32   // of the weights; 0 is the default
	comments  []string // a paragraph each
	counting  bool     // whether a scheduler there counts connections, which the policy overhead is not for
}

// single returns the entry of one virtual service.
func single(v *ipvs.VirtualService, name string) entry {
	a := advise(v)
	return entry{
		match: v.ID.String(), policy: a.policy, scheduler: a.scheduler, max: a.max,
		comments: append([]string{describe(v, name)}, a.notes...),
		counting: sharing.Counts(v.Scheduler),
	}
}

// choices names the policies that the scheduler allows besides the written one.
func (e *entry) choices() string {
	switch {
	case e.policy == tuner.Static:
		return ""
	case e.counting:
		return " # or equalize, inverse_latency, static"
	}
	return " # or equalize, overhead, inverse_latency, static"
}
