package tuner

import (
	"fmt"
	"io"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// WritePlan writes Plan JSON.
func WritePlan(w io.Writer, p Plan) error {
	if p.Services == nil {
		p.Services = []ServicePlan{}
	}
	return writeJSON(w, p)
}

// ReadPlan reads Plan JSON. name is the file's, for errors. The plan's codes
// are not in it.
func ReadPlan(r io.Reader, name string) (Plan, error) {
	var p Plan
	if err := readJSON(r, name, &p); err != nil {
		return Plan{}, err
	}
	seen := make(map[ipvs.ServiceID]bool)
	for i, s := range p.Services {
		if (s.Service == ipvs.ServiceID{}) {
			return Plan{}, fmt.Errorf("%s: services[%d]: has no service", name, i)
		}
		if err := s.check(seen[s.Service]); err != nil {
			return Plan{}, fmt.Errorf("%s: %s: %w", name, s.Service, err)
		}
		seen[s.Service] = true
	}
	return p, nil
}
