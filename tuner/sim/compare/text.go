package compare

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// WriteText prints a table for each scenario.
func WriteText(w io.Writer, comparisons []Comparison) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, c := range comparisons {
		if i > 0 {
			fmt.Fprintln(columns)
		}
		fmt.Fprintln(columns, Title(c.Scenario))
		for _, cells := range c.Table() {
			fmt.Fprintf(columns, "  %s\n", strings.Join(cells, "\t"))
		}
		for _, note := range c.Notes() {
			fmt.Fprintf(columns, "  %s\n", note)
		}
	}
	return columns.Flush()
}

// Table returns the figures with their headings, without the last column where
// there is nothing to recover from.
func (c Comparison) Table() [][]string {
	headings := Headings()
	for i := range headings {
		headings[i] = strings.ToUpper(headings[i])
	}
	table := [][]string{headings}
	for _, r := range c.Rows {
		table = append(table, r.Cells())
	}
	if len(c.Marks()) == 0 {
		for i, cells := range table {
			table[i] = cells[:len(cells)-1]
		}
	}
	return table
}

// Notes says what the recoveries are from, and which policies leave the service
// alone, and why.
func (c Comparison) Notes() []string {
	var notes []string
	if marks := c.Marks(); len(marks) > 0 {
		notes = append(notes, fmt.Sprintf("recovered after, in periods of %s: %s", c.Scenario.Config.Tuner.Interval, strings.Join(marks, ", ")))
	}
	for _, r := range c.Rows {
		if reason := r.Skipped(); reason != "" {
			notes = append(notes, fmt.Sprintf("%s skips the service: %s", r.Policy, reason))
		}
	}
	return notes
}

// Skipped returns why the policy leaves the service alone, "" if it does not.
func (r Row) Skipped() string {
	for _, d := range r.Runs[0].Decisions {
		if d.Action == tuner.Skip {
			return d.Reason
		}
	}
	return ""
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
