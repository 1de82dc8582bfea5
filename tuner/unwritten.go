package tuner

import (
	"errors"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// errUnsaved is why nothing is written: it could not be put back.
var errUnsaved = errors.New("the state cannot be saved")

// unwritten takes in that a server's part of the last step's plan was not
// written, where that is sure: a weight that is found next and was wanted then is
// somebody else's, and one that was to come back has still the tuner's 0.
func (s State) unwritten(service ipvs.ServiceID, p *ServerPlan, why error) {
	changed := errors.Is(why, ipvs.ErrChanged)
	if !changed && !errors.Is(why, ipvs.ErrNotPermitted) && !errors.Is(why, errUnsaved) {
		return
	}
	known, tuned := s.Services[service]
	if !tuned {
		return
	}
	kept := s.Baseline[service]
	known.Servers, kept.Servers = slices.Clone(known.Servers), slices.Clone(kept.Servers)
	for i := range known.Servers {
		if server := &known.Servers[i]; server.ID == p.Server {
			server.Outage.Since = 0
			if p.PreviousWeight == 0 && !changed {
				server.Outage.Since = known.Time
			}
		}
	}
	s.Services[service] = known
	if server := kept.find(p.Server); server != nil {
		server.Weight.Writing = server.Weight.Written
		s.Baseline[service] = kept
	}
}
