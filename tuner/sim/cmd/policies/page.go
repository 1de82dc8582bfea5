package main

import (
	"fmt"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/figures"
)

// page is what the template's functions tell.
type page struct {
	comparisons []compare.Comparison
	verdicts    []figures.Verdict
	told        map[string]bool // scenarios
}

// overview returns a table of every policy's cost in every scenario.
func (p *page) overview() string {
	var table [][]string
	for i, c := range p.comparisons {
		if i == 0 {
			table = append(table, []string{"scenario"})
			for _, r := range c.Rows {
				table[0] = append(table[0], string(r.Policy))
			}
		}
		cells := []string{fmt.Sprintf("[%s](#%s)", c.Scenario.Name, c.Scenario.Name)}
		for _, e := range c.Costs() {
			cells = append(cells, compare.Number(e))
		}
		table = append(table, cells)
	}
	return markdown(table)
}

// bars returns a table of what the tuner's policies come to against their bars.
func (p *page) bars() string {
	table := [][]string{figures.Headings()}
	for _, v := range p.verdicts {
		table = append(table, v.Cells())
	}
	return markdown(table)
}

// figures returns a scenario's heading, what it is about, and its table.
func (p *page) figures(name string) (string, error) {
	for _, c := range p.comparisons {
		if c.Scenario.Name != name {
			continue
		}
		p.told[name] = true
		text := fmt.Sprintf("## %s\n\n%s: %s\n\n%s", name, c.Scenario.Story[0], c.Scenario.Story[1], markdown(c.Table()))
		for _, note := range c.Notes() {
			text += "\n" + strings.ToUpper(note[:1]) + note[1:] + ".\n"
		}
		return text, nil
	}
	return "", fmt.Errorf("there is no scenario %s", name)
}

// complete returns an error if the page leaves out a scenario.
func (p *page) complete() error {
	for _, c := range p.comparisons {
		if !p.told[c.Scenario.Name] {
			return fmt.Errorf("the template has no place for %s", c.Scenario.Name)
		}
	}
	return nil
}

// markdown returns a table whose first row is its head.
func markdown(table [][]string) string {
	var b strings.Builder
	for i, cells := range table {
		fmt.Fprintf(&b, "| %s |\n", strings.ToLower(strings.Join(cells, " | ")))
		if i == 0 {
			fmt.Fprintf(&b, "|%s\n", strings.Repeat("---|", len(cells)))
		}
	}
	return b.String()
}
