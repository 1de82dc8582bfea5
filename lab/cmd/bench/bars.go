//go:build linux

package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

// row compares two figures, or one with nothing.
type row struct {
	name         string
	ours, beside float64 // NaN: not measured
	unit         unit
	value, bar   float64 // what the bar is for, and the most it may be; 0: there is no bar
	absolute     bool    // value is ours, not a ratio
}

// bars returns what was wanted and what was found, as a table.
func (s shapes) bars(f figures) string {
	var b strings.Builder
	b.WriteString("| services × real servers | ipvs-exporter | beside | ratio | bar | held |\n|---|---:|---:|---:|---:|---|\n")
	for _, r := range s.rows(f) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.name, r.unit.text(r.ours), r.unit.text(r.beside), r.ratio(), r.barText(), r.held())
	}
	return b.String()
}

func (s shapes) rows(f figures) []row {
	var rows []row
	for _, shape := range []measure.Shape{s.tenth, s.main} {
		rows = append(rows, f.beside(shape, "CPU of a scrape", measure.NodeExporter, measure.CPU, 1.0/15))
	}
	for _, shape := range []measure.Shape{s.tenth, s.main} {
		r := f.ratio("CPU of a scrape, "+shape.String()+", beside the bare dump",
			key{shape, measure.Exporter, measure.CPU}, key{shape, measure.Dump, measure.CPU}, seconds, 1.5)
		rows = append(rows, r)
	}
	for _, shape := range []measure.Shape{s.tenth, s.main} {
		rows = append(rows,
			f.beside(shape, "with gzip", measure.NodeExporter, measure.Gzip, 1.0/8),
			f.beside(shape, "as Prometheus 2.42 asks", measure.NodeExporter, measure.Prometheus2, 1.0/8),
			f.beside(shape, "as Prometheus 3 asks", measure.NodeExporter, measure.Prometheus3, 1.0/8))
	}
	return append(rows, s.otherRows(f)...)
}

func (s shapes) otherRows(f figures) []row {
	of := func(shape measure.Shape, reader, what string) key { return key{shape, reader, what} }
	return []row{
		f.absolute("peak resident memory, "+s.main.String(), of(s.main, measure.Exporter, measure.Peak), of(s.main, measure.NodeExporter, measure.Peak), megabytes, 140e6),
		f.absolute("allocations of a scrape, "+s.main.String(), of(s.main, measure.Exporter, measure.Allocations), key{}, plain, 2000),
		s.beyondDump(f),
		f.absolute("reads of the kernel for 20 scrapers at once, "+s.main.String(), of(s.main, measure.Exporter, measure.CrowdReads), key{}, plain, 1),
		f.ratio("peak memory of these, beside one's", of(s.main, measure.Exporter, measure.CrowdPeak), of(s.main, measure.Exporter, measure.Peak), megabytes, 1.5),
		f.ratio("CPU of a scrape, "+s.namespaces.String()+" in namespaces, beside "+s.small.String()+" in one",
			of(s.namespaces, measure.Exporter, measure.CPU), of(s.small, measure.Exporter, measure.CPU), seconds, 1.3),
		f.ratio("the tuner's read of the table, "+s.main.String()+", beside the bare dump",
			of(s.main, measure.Tuner, measure.CPU), of(s.main, measure.Dump, measure.CPU), seconds, 1.1),
		f.ratio("series, "+s.main.String(), of(s.main, measure.Exporter, measure.Series), of(s.main, measure.NodeExporter, measure.Series), plain, 0),
	}
}

// beyondDump tells how what a scrape costs beyond the bare dump grows.
func (s shapes) beyondDump(f figures) row {
	beyond := func(shape measure.Shape) float64 {
		return f.of(key{shape, measure.Exporter, measure.CPU}) - f.of(key{shape, measure.Dump, measure.CPU})
	}
	r := row{name: "CPU beyond the bare dump's, " + s.main.String() + " beside " + s.tenth.String(),
		ours: beyond(s.main), beside: beyond(s.tenth), unit: seconds, bar: 11}
	r.value = r.ours / r.beside
	return r
}

func (f figures) beside(s measure.Shape, name, other, what string, bar float64) row {
	return f.ratio(name+", "+s.String()+", beside "+other, key{s, measure.Exporter, what}, key{s, other, what}, seconds, bar)
}

func (f figures) ratio(name string, ours, other key, u unit, bar float64) row {
	r := row{name: name, ours: f.of(ours), beside: f.of(other), unit: u, bar: bar}
	r.value = r.ours / r.beside
	return r
}

func (f figures) absolute(name string, ours, other key, u unit, bar float64) row {
	r := f.ratio(name, ours, other, u, bar)
	r.value, r.absolute = r.ours, true
	return r
}

func (r row) ratio() string { return ratioText(r.ours / r.beside) }

func (r row) barText() string {
	switch {
	case r.bar == 0:
		return ""
	case r.absolute:
		return "≤ " + r.unit.text(r.bar)
	}
	if r.bar < 0.5 {
		return fmt.Sprintf("≤ 1/%.4g", 1/r.bar)
	}
	return fmt.Sprintf("≤ %.4g", r.bar)
}

func (r row) held() string {
	switch {
	case r.bar == 0:
		return ""
	case math.IsNaN(r.value):
		return "not measured"
	case r.value > r.bar:
		return "no"
	}
	return "yes"
}
