package compare

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText prints a table for each scenario.
func WriteText(w io.Writer, comparisons []Comparison) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, c := range comparisons {
		if i > 0 {
			fmt.Fprintln(columns)
		}
		fmt.Fprintln(columns, Title(c.Scenario))
		fmt.Fprintf(columns, "  %s\n", strings.ToUpper(strings.Join(Headings(), "\t")))
		for _, r := range c.Rows {
			fmt.Fprintf(columns, "  %s\n", strings.Join(r.Cells(), "\t"))
		}
		fmt.Fprint(columns, c.legend())
	}
	return columns.Flush()
}

// legend says what the recoveries are from.
func (c Comparison) legend() string {
	marks := c.Marks()
	if len(marks) == 0 {
		return ""
	}
	return fmt.Sprintf("  recovered after, in periods of %s: %s\n", c.Scenario.Config.Tuner.Interval, strings.Join(marks, ", "))
}

// Marks returns the marked events, with their times.
func (c Comparison) Marks() []string {
	var marks []string
	for _, r := range c.Rows[0].Runs[0].Recoveries {
		at := time.Duration(r.AtSeconds * float64(time.Second))
		marks = append(marks, fmt.Sprintf("%s at %s", r.Mark, at))
	}
	return marks
}
