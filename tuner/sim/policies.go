package sim

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// Two policies of the simulator's own, as the ends that the tuner's lie
// between.
const (
	// Equal gives all servers the weight 1 for good.
	Equal tuner.Policy = "equal"
	// Oracle is told the traffic's rate and every server's speed whenever they
	// change, and sets the weights that the scheduler needs to send each server
	// its best share; see best.
	Oracle tuner.Policy = "oracle"
)

// Policies returns all policies that can be run.
func Policies() []tuner.Policy {
	return slices.Concat([]tuner.Policy{Equal}, tuner.Policies(), []tuner.Policy{Oracle})
}
