package report

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

// pointsOf returns a value of each period.
func pointsOf(periods []sim.Period, get func(sim.Period) (value float64, known bool)) []point {
	points := make([]point, 0, len(periods))
	for _, p := range periods {
		v, known := get(p)
		points = append(points, point{p.AtSeconds, p.AtSeconds + p.Seconds, v, known})
	}
	return points
}

// bounds returns the least and the largest known value above 0; 1 and 1
// without any.
func bounds(lines [][]point) (smallest, largest float64) {
	smallest, largest = math.Inf(1), 0
	for _, points := range lines {
		for _, p := range points {
			if p.known && p.value > 0 {
				smallest, largest = min(smallest, p.value), max(largest, p.value)
			}
		}
	}
	if largest == 0 {
		return 1, 1
	}
	return smallest, largest
}

// timeCharts returns the charts of a whole scenario.
func timeCharts(c compare.Comparison, s section) []chart {
	latency := linesOf(c, func(p sim.Period) (float64, bool) { return p.MeanSeconds, p.Answered > 0 })
	charts := []chart{drawn(c, s, "Mean latency of answers", "s", logarithmic(bounds(latency)), seconds, latency)}
	failed := linesOf(c, func(p sim.Period) (float64, bool) {
		return float64(p.Failed) / float64(max(1, p.Failed+p.Answered)), p.Failed+p.Answered > 0
	})
	if _, largest := bounds(failed); anyFailed(c) {
		charts = append(charts, drawn(c, s, "Failed requests", "%", linear(largest), percent, failed))
	}
	return charts
}

func anyFailed(c compare.Comparison) bool {
	for _, r := range c.Rows {
		for _, p := range r.Runs[0].Periods {
			if p.Failed > 0 {
				return true
			}
		}
	}
	return false
}

// linesOf returns a line for each policy.
func linesOf(c compare.Comparison, get func(sim.Period) (value float64, known bool)) [][]point {
	var lines [][]point
	for _, r := range c.Rows {
		lines = append(lines, pointsOf(r.Runs[0].Periods, get))
	}
	return lines
}

// drawn returns a chart with a line for each policy.
func drawn(c compare.Comparison, s section, title, unit string, of scale, label func(float64) string, lines [][]point) chart {
	config := c.Scenario.Config
	ch := newChart(title, unit, of, label, config, s.Marks)
	for i, points := range lines {
		ch.add(s.Policies[i], of, config.Duration, points)
	}
	return ch
}
