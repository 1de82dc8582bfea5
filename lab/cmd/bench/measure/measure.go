//go:build linux

// Package measure fills a director's table and measures what it costs to read
// it: by the bare dump of this package, by the tuner's own read, and by scraping
// exporters. It runs inside the lab, where the clock counts instructions.
package measure

import (
	"fmt"
	"os/exec"
	"slices"
)

// Task is what one guest measures.
type Task struct {
	Shape   Shape
	Readers []string
	Crowd   bool // have many scrape at once, too
}

// Readers, by the programs' names where they are programs.
const (
	Dump         = "dump"
	Tuner        = "weight-tuner" // its read of the table, without its decisions
	Exporter     = "ipvs-exporter"
	NodeExporter = "node_exporter"
)

// Shape of a table: services in each namespace, real servers in each service.
type Shape struct {
	Namespaces int // 0: only the guest's own
	Services   int
	Servers    int
}

// String returns the shape as "1,000 × 100".
func (s Shape) String() string {
	text := thousands(s.Services) + " × " + thousands(s.Servers)
	if s.Namespaces > 0 {
		text = thousands(s.Namespaces) + " × " + text
	}
	return text
}

// All returns the number of real servers.
func (s Shape) All() int { return max(s.Namespaces, 1) * s.Services * s.Servers }

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}

// Figure is one measured value. Times are in seconds of a machine that takes a
// nanosecond for an instruction, memory is in bytes.
type Figure struct {
	Shape  Shape
	Reader string
	What   string // a constant below, or CPU and the name of an answer
	Value  float64
}

// What is measured.
const (
	CPU         = "cpu"          // of one read, or of a scrape without compression
	System      = "system"       // the part of CPU that the kernel has, to a clock tick
	Gzip        = "gzip"         // CPU of a scrape with compression
	Prometheus2 = "prometheus 2" // CPU of a scrape as Prometheus 2.42 asks
	Prometheus3 = "prometheus 3" // CPU of a scrape as Prometheus 3 asks
	Series      = "series"
	Bytes       = "bytes"       // of the answer without compression
	Peak        = "peak"        // resident memory
	Allocations = "allocations" // of a scrape
	CrowdReads  = "crowd reads" // of the table, for 20 scrapers at once
	CrowdPeak   = "crowd peak"  // resident memory with 20 scrapers at once
	CrowdCPU    = "crowd cpu"   // of 20 scrapers at once
)

// Run does a task and hands on each figure.
func Run(t Task, report func(Figure)) error {
	if out, err := exec.Command("modprobe", "ip_vs").CombinedOutput(); err != nil {
		return fmt.Errorf("load ip_vs: %w\n%s", err, out)
	}
	d, err := newDumper()
	if err != nil {
		return err
	}
	if err := fill(d.family, t.Shape); err != nil {
		return err
	}
	if servers, err := d.dump(); err != nil {
		return err
	} else if t.Shape.Namespaces == 0 && servers != t.Shape.All() {
		return fmt.Errorf("the kernel has %d real servers, not %d", servers, t.Shape.All())
	}
	for _, reader := range t.Readers {
		figures, err := read(reader, d, t)
		if err != nil {
			return fmt.Errorf("%s: %w", reader, err)
		}
		for what, value := range figures {
			report(Figure{Shape: t.Shape, Reader: reader, What: what, Value: value})
		}
	}
	return nil
}

func read(reader string, d *dumper, t Task) (map[string]float64, error) {
	switch reader {
	case Dump:
		return readHere(func() error { _, err := d.dump(); return err })
	case Tuner:
		return readAsTuner()
	}
	return readExporter(reader, t)
}

// median returns the middle one of an odd number of values.
func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}
