//go:build linux

package main

import (
	"math"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

func TestHeld(t *testing.T) {
	tests := []struct {
		name string
		row  row
		want string
	}{
		{"not measured", row{value: math.NaN(), bar: 1}, "not measured"},
		{"over", row{value: 1.51, bar: 1.5}, "no"},
		{"at the bar", row{value: 1.5, bar: 1.5}, "yes"},
		{"without a bar", row{value: 3}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.row.held(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestRows(t *testing.T) {
	s := fullShapes()
	f := figures{
		{s.tenth, measure.Dump, measure.CPU}:           0.05,
		{s.tenth, measure.Exporter, measure.CPU}:       0.07,
		{s.main, measure.Dump, measure.CPU}:            0.5,
		{s.main, measure.Exporter, measure.CPU}:        0.75,
		{s.main, measure.NodeExporter, measure.CPU}:    15,
		{s.main, measure.Exporter, measure.Peak}:       150e6,
		{s.main, measure.Exporter, measure.CrowdReads}: 1,
	}
	got := s.bars(f)
	for _, want := range []string{
		"| CPU of a scrape, 100 × 100, beside node_exporter | 0.0700 s |  |  | ≤ 1/15 | not measured |\n",
		"| CPU of a scrape, 1,000 × 100, beside node_exporter | 0.750 s | 15.0 s | 1/20.0 | ≤ 1/15 | yes |\n",
		"| CPU of a scrape, 1,000 × 100, beside the bare dump | 0.750 s | 0.500 s | 1.50 | ≤ 1.5 | yes |\n",
		"| CPU beyond the bare dump's, 1,000 × 100 beside 100 × 100 | 0.250 s | 0.0200 s | 12.5 | ≤ 11 | no |\n",
		"| peak resident memory, 1,000 × 100 | 150 MB |  |  | ≤ 140 MB | no |\n",
		"| reads of the kernel for 20 scrapers at once, 1,000 × 100 | 1 |  |  | ≤ 1 | yes |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

// What is compared must be comparable.
func TestShapes(t *testing.T) {
	s := fullShapes()
	if s.main.All() != 100000 || s.tenth.All() != 10000 || s.small.All() != s.main.All() || s.large.All() != s.main.All() {
		t.Errorf("shapes are %+v", s)
	}
	if n := s.namespaces; n.All() != s.small.All() || n.Servers != s.small.Servers {
		t.Errorf("%s in namespaces is not %s in one", n, s.small)
	}
}
