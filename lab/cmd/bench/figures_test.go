//go:build linux

package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

func TestReadFigures(t *testing.T) {
	if _, err := readFigures(strings.NewReader("panic: no\n")); err == nil {
		t.Error("no error for what is no figure")
	}
	got, err := readFigures(strings.NewReader(`{"Shape":{"Services":1,"Servers":2},"Reader":"dump","What":"cpu","Value":0.5}` + "\n"))
	want := figures{{measure.Shape{Services: 1, Servers: 2}, measure.Dump, measure.CPU}: 0.5}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
}

func TestFiguresFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figures")
	if f, err := loadFigures(file); len(f) > 0 || err != nil {
		t.Errorf("without a file: %v, error %v", f, err)
	}
	f := figures{
		{fullShapes().namespaces, measure.Exporter, measure.Gzip}: 1.25,
		{fullShapes().main, measure.Exporter, measure.Peak}:       1e8,
	}
	if err := f.save(file); err != nil {
		t.Fatal(err)
	}
	if got, err := loadFigures(file); !maps.Equal(got, f) || err != nil {
		t.Errorf("%v, error %v, want %v", got, err, f)
	}
	if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadFigures(file); err == nil {
		t.Error("no error for half a file")
	}
}
