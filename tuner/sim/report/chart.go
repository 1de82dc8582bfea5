package report

import (
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// chart is lines over time. Places are percents of its width and height; lines
// have coordinates of a thousandth.
type chart struct {
	Title       string
	Scale, Unit string // for what shows values: linear, log, log1; s, % or ""
	Low, High   string
	Seconds     string // length of the run
	Rows, Times []tick
	Before      string // percent of the width that is not measured
	Lines       []line
	Marks       []mark
}

type tick struct{ Place, Label string }

type line struct {
	Name, Class, Width string
	Path               string
}

// point is a value at a time; one that is not known parts the line.
type point struct {
	from, to float64 // seconds
	value    float64
	known    bool
}

// newChart returns a chart without lines.
func newChart(title, unit string, s scale, label func(float64) string, c sim.Config, marks []mark) chart {
	ch := chart{
		Title: title, Scale: s.kind, Unit: unit, Low: fixedValue(s.low), High: fixedValue(s.high),
		Seconds: fixed(c.Duration.Seconds()), Times: timeTicks(c.Duration), Marks: marks,
	}
	if c.MeasureFrom > 0 {
		ch.Before = fixed(100 * c.MeasureFrom.Seconds() / c.Duration.Seconds())
	}
	for _, v := range s.ticks() {
		ch.Rows = append(ch.Rows, tick{fixed(100 * s.at(v)), label(v)})
	}
	return ch
}

// timeTicks returns round times, six at most.
func timeTicks(length time.Duration) []tick {
	steps := []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute,
		time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour,
	}
	i := 0
	for i < len(steps)-1 && length > 5*steps[i] {
		i++
	}
	var ticks []tick
	for at := time.Duration(0); at <= length; at += steps[i] {
		ticks = append(ticks, tick{fixed(100 * at.Seconds() / length.Seconds()), shortTime(at)})
	}
	return ticks
}

// add draws a line through the middles of the points' times.
func (c *chart) add(p policy, s scale, length time.Duration, points []point) {
	c.Lines = append(c.Lines, line{string(p.Name), p.Class, p.Width, path(s, length, points)})
}

// path returns the points as the commands of an SVG path.
func path(s scale, length time.Duration, points []point) string {
	var b strings.Builder
	command := "M"
	for _, p := range points {
		if !p.known {
			command = "M"
			continue
		}
		x := 1000 * (p.from + p.to) / 2 / length.Seconds()
		b.WriteString(command + fixedTenth(x) + "," + fixedTenth(1000*(1-s.at(p.value))))
		command = "L"
	}
	return b.String()
}
