package scenario

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

func (f *file) readMeter(v yamlfile.Value) {
	var m sim.Meter
	v.Fields(fields{
		"every":          func(v yamlfile.Value) { v.Duration(&m.Every, 100*time.Millisecond, time.Hour, 1) },
		"window":         func(v yamlfile.Value) { v.Duration(&m.Window, 100*time.Millisecond, longestWait, 1) },
		"lag":            func(v yamlfile.Value) { v.Duration(&m.Lag, 0, time.Hour, 1) },
		"sampled":        func(v yamlfile.Value) { v.Ratio(&m.Sampled) },
		"missing":        func(v yamlfile.Value) { v.Number(&m.Missing, 0, 1) },
		"outliers":       func(v yamlfile.Value) { v.Number(&m.Outliers, 0, 1) },
		"outlier_factor": func(v yamlfile.Value) { v.Number(&m.OutlierFactor, 1, largestFactor) },
		"at_servers":     func(v yamlfile.Value) { v.Boolean(&m.AtServers) },
		"passive":        func(v yamlfile.Value) { v.Boolean(&m.Passive) },
		"successes":      func(v yamlfile.Value) { v.Boolean(&m.Successes) },
		"errors_only":    func(v yamlfile.Value) { v.Boolean(&m.ErrorsOnly) },
	})
	v.Require("every")
	v.Require("window")
	if m.Every > 0 && m.Window%m.Every != 0 {
		v.Problem("window %s is not a multiple of every %s", m.Window, m.Every)
	}
	if m.Outliers > 0 {
		v.Require("outlier_factor")
	}
	f.config.Meter = &m
}
