package sim

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// change is an edit of a server.
type change struct {
	server int // in the scenario's order
	edit   ipvs.Edit
}

// write makes the edits that change something and counts what that moves.
func (r *run) write(changes []change) error {
	before := tuner.SharesOf(r.weights())
	for _, c := range changes {
		written, err := r.edit(&r.servers[c.server], c.edit)
		if err != nil {
			return err
		}
		if written {
			r.tally.writes++
		}
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

// edit edits a server and reports whether that changed something.
func (r *run) edit(s *realServer, e ipvs.Edit) (written bool, err error) {
	if e.Weight != nil {
		s.Weight = *e.Weight
	}
	return r.service.EditServer(r.now, s.ID, e)
}
