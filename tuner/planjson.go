package tuner

import "io"

// WritePlan writes Plan JSON.
func WritePlan(w io.Writer, p Plan) error {
	if p.Services == nil {
		p.Services = []ServicePlan{}
	}
	return writeJSON(w, p)
}
