package scenario

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

func (f *file) readServiceTime(v yamlfile.Value, into *sim.ServiceTime) {
	v.Fields(fields{
		"distribution": func(v yamlfile.Value) {
			yamlfile.Choice(v, &into.Distribution, sim.Exponential, sim.Lognormal, sim.Fixed, sim.Sampled)
		},
		"mean":    func(v yamlfile.Value) { v.Duration(&into.Mean, time.Microsecond, longestWork, 1) },
		"cv":      func(v yamlfile.Value) { v.Number(&into.CV, 0.01, 100) },
		"samples": func(v yamlfile.Value) { into.Samples = f.readSeconds(v, time.Nanosecond, longestWork) },
	})
	v.Require("distribution")
	needed := map[sim.Distribution][]string{
		sim.Exponential: {"mean"},
		sim.Lognormal:   {"mean", "cv"},
		sim.Fixed:       {"mean"},
		sim.Sampled:     {"samples"},
	}
	if keys, ok := needed[into.Distribution]; ok {
		checkKeys(v, string(into.Distribution), keys, nil, []string{"mean", "cv", "samples"})
	}
}
