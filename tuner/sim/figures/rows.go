// Package figures holds the tuner's policies against bars: scenarios, each with
// what a policy is to come to in it.
package figures

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

//go:embed *.yaml capacities.yaml.tmpl
var files embed.FS

// Row is a scenario and its bars.
type Row struct {
	Scenario scenario.Scenario
	Text     string       // of the scenario's file
	Over     tuner.Policy // whose mean cost that of a policy is divided by
	Bars     []Bar
}

// Bar is the most that a figure may be.
type Bar struct {
	Figure Figure
	Most   float64
}

// Figure is one that has bars.
type Figure string

// The figures.
const (
	Cost    Figure = "cost"    // mean cost of a request over the oracle's
	Settled Figure = "settled" // periods until the shares are right for good
	Failed  Figure = "failed"  // part of the requests
	Moved   Figure = "moved"   // share moved in a period, after measure_from

	Admitted Figure = "admitted" // mean cost of those not turned away over the oracle's
	Refused  Figure = "refused"  // requests turned away over those that must be
)

// Rows returns all rows.
func Rows() ([]Row, error) {
	t, err := template.ParseFS(files, "capacities.yaml.tmpl")
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var rows []Row
	for _, m := range family() {
		text, err := m.text(t)
		if err != nil {
			return nil, fmt.Errorf("figures: %w", err)
		}
		if rows, err = addRow(rows, m.Name(), text, sim.Oracle, m.bars()); err != nil {
			return nil, err
		}
	}
	for _, e := range others() {
		text, err := files.ReadFile(e.name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("figures: %w", err)
		}
		if rows, err = addRow(rows, e.name, string(text), e.over, e.bars); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func addRow(rows []Row, name, text string, over tuner.Policy, bars []Bar) ([]Row, error) {
	s, err := scenario.Read(strings.NewReader(text), name+".yaml", func(string) (io.ReadCloser, error) { return nil, os.ErrNotExist })
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	return append(rows, Row{s, text, over, bars}), nil
}

// Write writes the scenarios into a folder, to be played one by one.
func Write(rows []Row, folder string) error {
	for _, r := range rows {
		if err := os.WriteFile(filepath.Join(folder, r.Scenario.Name+".yaml"), []byte(r.Text), 0o644); err != nil {
			return fmt.Errorf("figures: %w", err)
		}
	}
	return nil
}
