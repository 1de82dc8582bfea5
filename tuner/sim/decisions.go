package sim

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// Decision is what a policy of the tuner decided again and again.
type Decision struct {
	Action tuner.Action `json:"action"`
	Code   tuner.Code   `json:"code"`
	Times  int          `json:"times"`
	Reason string       `json:"reason"` // the first time
}

// decisions counts what was decided, in the order of the first times.
type decisions []Decision

func (d *decisions) note(plan tuner.Plan) {
	for _, s := range plan.Services {
		i := slices.IndexFunc(*d, func(known Decision) bool { return known.Action == s.Action && known.Code == s.Code })
		if i < 0 {
			i = len(*d)
			*d = append(*d, Decision{Action: s.Action, Code: s.Code, Reason: s.Reason})
		}
		(*d)[i].Times++
	}
}
