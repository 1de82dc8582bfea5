package report

import (
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

// policiesOf gives the two ends looks of their own, and the tuner's policies
// the others in order.
func policiesOf(c compare.Comparison) []policy {
	var policies []policy
	others := 0
	for i, r := range c.Rows {
		p := policy{Name: r.Policy, Width: fixed(max(1.6, 3.4-float64(0.6*float64(i))))}
		switch r.Policy {
		case sim.Equal, sim.Oracle:
			p.Class = string(r.Policy)
		default:
			p.Class = fmt.Sprint("other", others%4)
			others++
		}
		policies = append(policies, p)
	}
	return policies
}
