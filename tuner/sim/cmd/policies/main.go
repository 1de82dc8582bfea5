// Command policies writes a page of figures: what each policy comes to in a
// folder of scenarios, each with ten seeds, and against the bars that the
// tuner's policies are held to, put into a template of one's own words. The
// same scenarios give the same page.
//
//	policies TEMPLATE FOLDER >PAGE
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/template"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/figures"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

const seeds = 10

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "policies:", err)
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	if len(args) != 2 {
		return errors.New("want a template and a folder")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	scenarios, err := load(args[1])
	if err != nil {
		return err
	}
	grid := compare.Grid{Scenarios: scenarios, Policies: sim.Policies(), Seeds: compare.Seeds(1, seeds)}
	comparisons, err := grid.Run(func(int, int) {})
	if err != nil {
		return err
	}
	rows, err := figures.Rows()
	if err != nil {
		return err
	}
	verdicts, err := figures.Judge(rows, tuner.Policies(), figures.FixedSeeds())
	if err != nil {
		return err
	}
	return write(w, string(text), comparisons, verdicts)
}

// load reads the scenarios of a folder.
func load(folder string) ([]scenario.Scenario, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var scenarios []scenario.Scenario
	for _, file := range files {
		s, err := scenario.Load(file)
		if err != nil {
			return nil, err
		}
		scenarios = append(scenarios, s)
	}
	return scenarios, nil
}

// write fills in the template, which has a place for each scenario.
func write(w io.Writer, text string, comparisons []compare.Comparison, verdicts []figures.Verdict) error {
	p := page{comparisons: comparisons, verdicts: verdicts, told: make(map[string]bool)}
	functions := template.FuncMap{"overview": p.overview, "figures": p.figures, "bars": p.bars}
	t, err := template.New("template").Funcs(functions).Parse(text)
	if err != nil {
		return err
	}
	if err := t.Execute(w, nil); err != nil {
		return err
	}
	return p.complete()
}
