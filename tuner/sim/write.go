package sim

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// change is a weight to be written.
type change struct {
	server int // in the scenario's order
	weight uint32
}

// write writes the weights that differ and counts what that moves.
func (r *run) write(changes []change) error {
	before := tuner.SharesOf(r.weights())
	for _, c := range changes {
		s := &r.servers[c.server]
		if s.Weight == c.weight {
			continue
		}
		if err := r.edit(s, c.weight); err != nil {
			return err
		}
		r.tally.writes++
	}
	for i, after := range tuner.SharesOf(r.weights()) {
		r.tally.moved += float64(math.Abs(after-before[i]) / 2)
	}
	return nil
}

// weights returns the servers' weights; those that are not listed have 0.
func (r *run) weights() []uint32 {
	weights := make([]uint32, len(r.servers))
	for i := range r.servers {
		if r.servers[i].listed {
			weights[i] = r.servers[i].Weight
		}
	}
	return weights
}

// edit sets a server's weight.
func (r *run) edit(s *realServer, weight uint32) error {
	s.Weight = weight
	_, err := r.service.EditServer(r.now, s.ID, ipvs.Edit{Weight: &weight})
	return err
}
