//go:build linux

package main

import (
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

// shapes are the tables that are measured.
type shapes struct {
	main       measure.Shape
	tenth      measure.Shape // of main, with services as large
	small      measure.Shape // as main, with smaller services
	large      measure.Shape // as main, with larger services
	namespaces measure.Shape // as small, spread over network namespaces
}

func fullShapes() shapes {
	return shapes{
		main:       measure.Shape{Services: 1000, Servers: 100},
		tenth:      measure.Shape{Services: 100, Servers: 100},
		small:      measure.Shape{Services: 10000, Servers: 10},
		large:      measure.Shape{Services: 10, Servers: 10000},
		namespaces: measure.Shape{Namespaces: 500, Services: 20, Servers: 10},
	}
}

// tasks returns what to measure, what takes longest first. Each has a guest of
// its own, so that none sees what another leaves behind.
func (s shapes) tasks() []measure.Task {
	here := []string{measure.Dump, measure.Tuner, measure.Exporter}
	return []measure.Task{
		{Shape: s.main, Readers: []string{measure.NodeExporter}},
		{Shape: s.main, Readers: here, Crowd: true},
		{Shape: s.namespaces, Readers: []string{measure.Exporter}},
		{Shape: s.small, Readers: here},
		{Shape: s.large, Readers: here},
		{Shape: s.tenth, Readers: append(here, measure.NodeExporter)},
	}
}

func taskName(t measure.Task) string {
	return t.Shape.String() + " " + strings.Join(t.Readers, " ")
}
