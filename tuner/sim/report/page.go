package report

import (
	"fmt"
	"html/template"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

// page is all that the template shows.
type page struct {
	Style    template.CSS
	Script   template.JS
	Summary  string
	Seeds    bool // there are several
	Sections []section
}

// section is one scenario.
type section struct {
	Name, Title string
	Story       []string
	Facts       string
	Policies    []policy
	Figures     []figure
	Marks       []mark
	Notes       []string
	Charts      []chart
	Servers     []server
	Omitted     string // servers that are not shown, in words
}

// policy is how the lines of a policy look.
type policy struct {
	Name  tuner.Policy
	Class string
	Width string // of lines; earlier ones are wider, so that they show under later ones
}

// figure is a row of the table.
type figure struct {
	Name  string
	Mark  int    // of a recovery, else 0
	Cells []cell // by policy
}

// mark is a moment of change.
type mark struct {
	Number int
	Name   string
	At     string
	Left   string // percent of a chart's width
}

// server is a real server's charts.
type server struct {
	Name   string
	Charts []chart
}

func pageOf(comparisons []compare.Comparison) page {
	p := page{Style: template.CSS(style), Script: template.JS(script)}
	for _, c := range comparisons {
		p.Sections = append(p.Sections, sectionOf(c))
		p.Seeds = p.Seeds || len(c.Rows[0].Runs) > 1
		p.Summary = fmt.Sprintf("%s, %s, %s",
			plural(len(comparisons), "scenario"), plural(len(c.Rows), "policy"), plural(len(c.Rows[0].Runs), "seed"))
	}
	return p
}

func plural(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case what == "policy":
		return fmt.Sprint(n, " policies")
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func sectionOf(c compare.Comparison) section {
	s := section{Name: c.Scenario.Name, Title: c.Scenario.Name, Story: c.Scenario.Story, Facts: compare.Title(c.Scenario)}
	if len(s.Story) > 1 {
		s.Title, s.Story = s.Story[0], s.Story[1:]
	}
	s.Policies = policiesOf(c)
	s.Figures = figuresOf(c)
	s.Marks = marksOf(c)
	for _, r := range c.Rows {
		if reason := r.Skipped(); reason != "" {
			s.Notes = append(s.Notes, fmt.Sprintf("%s skips the service: %s.", r.Policy, reason))
		}
	}
	s.Charts = timeCharts(c, s)
	s.Servers, s.Omitted = serversOf(c, s)
	return s
}
