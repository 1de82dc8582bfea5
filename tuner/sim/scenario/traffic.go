package scenario

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// mostPerSecond bounds the rate of connections.
const mostPerSecond = 10_000_000

// largestFactor bounds what a rate or a latency is multiplied by.
const largestFactor = 10_000

func (f *file) readTraffic(v yamlfile.Value) {
	t := &f.config.Traffic
	v.Fields(fields{
		"per_second": func(v yamlfile.Value) {
			t.Curve = make([]sim.Point, 1)
			v.Number(&t.Curve[0].PerSecond, 0, mostPerSecond)
		},
		"curve":    func(v yamlfile.Value) { t.Curve = f.readCurve(v) },
		"repeat":   func(v yamlfile.Value) { v.Duration(&t.Repeat, time.Second, longestRun, 1) },
		"surges":   func(v yamlfile.Value) { v.Items(func(item yamlfile.Value) { f.readSurge(item, &t.Surges) }) },
		"bursts":   func(v yamlfile.Value) { readBursts(v, &t.Bursts) },
		"arrivals": func(v yamlfile.Value) { t.Arrivals = f.readArrivals(v) },
	})
	const one = "per_second, curve or arrivals"
	switch given := present(v, "per_second", "curve", "arrivals"); {
	case len(given) == 0:
		v.Problem("has no %s", one)
	case len(given) > 1:
		v.Problem("has more than one of %s", one)
	case given[0] == "arrivals":
		checkKeys(v, "a list of arrivals", nil, nil, []string{"repeat", "surges", "bursts"})
	}
	if n := len(t.Curve); n > 0 && t.Repeat > 0 && t.Curve[n-1].At > t.Repeat {
		v.Problem("the curve goes on to %s, after it is to begin again at %s", t.Curve[n-1].At, t.Repeat)
	}
}

func (f *file) readCurve(v yamlfile.Value) []sim.Point {
	var curve []sim.Point
	v.Items(func(item yamlfile.Value) {
		var p sim.Point
		item.Fields(fields{
			"at":         func(v yamlfile.Value) { f.readInstant(v, &p.At) },
			"per_second": func(v yamlfile.Value) { v.Number(&p.PerSecond, 0, mostPerSecond) },
		})
		item.Require("at")
		item.Require("per_second")
		if n := len(curve); n > 0 && p.At < curve[n-1].At {
			item.Problem("%s is before the point above, at %s", p.At, curve[n-1].At)
		}
		curve = append(curve, p)
	})
	return curve
}

func (f *file) readSurge(v yamlfile.Value, into *[]sim.Surge) {
	var s sim.Surge
	v.Fields(fields{
		"at":     func(v yamlfile.Value) { f.readInstant(v, &s.At) },
		"rise":   func(v yamlfile.Value) { f.readInstant(v, &s.Rise) },
		"last":   func(v yamlfile.Value) { f.readInstant(v, &s.Last) },
		"fall":   func(v yamlfile.Value) { f.readInstant(v, &s.Fall) },
		"factor": func(v yamlfile.Value) { v.Number(&s.Factor, 0, largestFactor) },
	})
	v.Require("at")
	v.Require("factor")
	*into = append(*into, s)
}

func readBursts(v yamlfile.Value, into *sim.Bursts) {
	v.Fields(fields{
		"factor": func(v yamlfile.Value) { v.Number(&into.Factor, 0, largestFactor) },
		"burst":  func(v yamlfile.Value) { v.Duration(&into.Burst, time.Millisecond, longestRun, 1) },
		"calm":   func(v yamlfile.Value) { v.Duration(&into.Calm, time.Millisecond, longestRun, 1) },
	})
	for _, key := range []string{"factor", "burst", "calm"} {
		v.Require(key)
	}
}
