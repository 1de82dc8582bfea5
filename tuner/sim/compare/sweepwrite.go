package compare

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteTrials prints the trials of a sweep, the cheapest first.
func (s Sweep) WriteTrials(w io.Writer, trials []Trial) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var headings []string
	for _, a := range s.Axes {
		headings = append(headings, strings.ToUpper(a.Setting))
	}
	headings = append(headings, "POLICY", "COST/ORACLE", "ERRORS", "WRITES", "WORST SCENARIO")
	fmt.Fprintln(columns, strings.Join(headings, "\t"))
	for _, t := range trials {
		fmt.Fprintln(columns, strings.Join(t.cells(), "\t"))
	}
	return columns.Flush()
}

func (t *Trial) cells() []string {
	overall := func(get func(Figures) Estimate) Estimate {
		values := make([]float64, 0, len(t.Cases))
		for _, c := range t.Cases {
			values = append(values, get(c.Figures()).Mean)
		}
		return Estimate{Mean: estimate(values).Mean}
	}
	worst := t.Worst()
	return append(slices.Clone(t.Point), string(t.Policy), Number(t.Cost),
		Percent(overall(func(f Figures) Estimate { return f.Errors })),
		count(overall(func(f Figures) Estimate { return f.Writes })),
		fmt.Sprintf("%s %s", worst.Scenario.Name, Number(estimate(worst.Costs))))
}

// WriteTrialsJSON writes every run of the trials, with its settings.
func (s Sweep) WriteTrialsJSON(w io.Writer, trials []Trial) error {
	results := []namedResult{}
	for _, t := range trials {
		settings := make(map[string]string)
		for i, a := range s.Axes {
			settings[a.Setting] = t.Point[i]
		}
		for _, c := range t.Cases {
			for _, r := range c.Runs {
				results = append(results, namedResult{c.Scenario.Name, settings, r})
			}
		}
	}
	return writeResults(w, results)
}
