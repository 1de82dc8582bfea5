//go:build lab

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

// TestSmallBench does everything on tables that are soon read, without counting
// instructions, and looks that nothing stayed unmeasured: go test -tags lab
// ./lab/cmd/bench
func TestSmallBench(t *testing.T) {
	one := measure.Shape{Services: 4, Servers: 120}
	s := shapes{main: one, tenth: one, small: one, large: one, namespaces: measure.Shape{Namespaces: 4, Services: 2, Servers: 2}}
	f, err := measureAll(t.Context(), []measure.Task{
		{Shape: one, Readers: []string{measure.Dump, measure.Tuner, measure.Exporter, measure.NodeExporter}, Crowd: true},
		{Shape: s.namespaces, Readers: []string{measure.Exporter}},
	}, false, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "page")
	if err := writePage("../../../docs/performance.md.tmpl", page, s, f); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), s.bars(f)) || !strings.Contains(string(text), s.growth(f)) || strings.Contains(string(text), "not measured") {
		t.Errorf("the page is\n%s", text)
	}
	for k, value := range f {
		if value <= 0 && k.what != measure.System && k.what != measure.Allocations {
			t.Errorf("%v is %v", k, value)
		}
	}
	if series, want := f.of(key{one, measure.NodeExporter, measure.Series}), 3*float64(one.All()); series < want {
		t.Errorf("node_exporter has %.0f series, want three for each real server at least", series)
	}
}
