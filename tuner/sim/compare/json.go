package compare

import (
	"encoding/json"
	"io"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

type namedResult struct {
	Scenario string            `json:"scenario"`
	Settings map[string]string `json:"settings,omitempty"` // of a sweep
	sim.Result
}

// WriteJSON writes every run, by scenario, policy and seed.
func WriteJSON(w io.Writer, comparisons []Comparison) error {
	results := []namedResult{}
	for _, c := range comparisons {
		for _, row := range c.Rows {
			for _, r := range row.Runs {
				results = append(results, namedResult{Scenario: c.Scenario.Name, Result: r})
			}
		}
	}
	return writeResults(w, results)
}

func writeResults(w io.Writer, results []namedResult) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Results []namedResult `json:"results"`
	}{results})
}
