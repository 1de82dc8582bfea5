//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// period is how often Prometheus scrapes, in seconds.
const period = 15

// growth returns what each reader costs at each shape of table.
func (s shapes) growth(f figures) string {
	var b strings.Builder
	b.WriteString("| services × real servers | bare dump | a server | tuner's read | scrape | of a core at 15 s | kernel's part | series | answer | peak memory |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, shape := range []measure.Shape{s.tenth, s.main, s.small, s.namespaces, s.large} {
		of := func(reader, what string) float64 { return f.of(key{shape, reader, what}) }
		scrape := of(measure.Exporter, measure.CPU)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", shape,
			seconds.text(of(measure.Dump, measure.CPU)), microseconds.text(of(measure.Dump, measure.CPU)/float64(shape.All())),
			seconds.text(of(measure.Tuner, measure.CPU)), seconds.text(scrape), percent.text(scrape/period),
			percent.text(of(measure.Exporter, measure.System)/scrape), plain.text(of(measure.Exporter, measure.Series)),
			megabytes.text(of(measure.Exporter, measure.Bytes)), megabytes.text(of(measure.Exporter, measure.Peak)))
	}
	return b.String()
}

// writePage fills in a template that has places for both tables, for
// node_exporter's version, and for single figures of the main table.
func writePage(text, page string, s shapes, f figures) error {
	source, err := os.ReadFile(text)
	if err != nil {
		return err
	}
	t, err := template.New(text).Funcs(template.FuncMap{
		"mainShape":    s.main.String,
		"bars":         func() string { return s.bars(f) },
		"growth":       func() string { return s.growth(f) },
		"nodeExporter": func() string { return labtest.NodeExporter[strings.LastIndex(labtest.NodeExporter, "@")+1:] },
		"coreShare": func(reader string) string {
			return percent.text(f.of(key{s.main, reader, measure.CPU}) / period)
		},
		"kernelShare": func(reader string) string {
			return percent.text(f.of(key{s.main, reader, measure.System}) / f.of(key{s.main, reader, measure.CPU}))
		},
	}).Parse(string(source))
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, nil); err != nil {
		return err
	}
	return os.WriteFile(page, []byte(b.String()), 0o644)
}
