package tuner

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

func readAutoscaling(v yamlfile.Value, into *scaling.Settings) {
	v.Fields(map[string]func(yamlfile.Value){
		"target_utilization": func(v yamlfile.Value) { v.Number(&into.TargetUtilization, 0.05, 0.95) },
		"scale_down_after":   func(v yamlfile.Value) { v.Duration(&into.ScaleDownAfter, 0, 24*time.Hour, 1) },
		"min":                func(v yamlfile.Value) { v.Integer(&into.Min, 1, 65535) },
		"max":                func(v yamlfile.Value) { v.Integer(&into.Max, 1, 65535) },
	})
	if into.Min > into.Max {
		v.Problem("min %d is above max %d", into.Min, into.Max)
	}
}

func readThresholds(v yamlfile.Value, into *limits.Settings) {
	v.Fields(map[string]func(yamlfile.Value){
		"policy": func(v yamlfile.Value) { yamlfile.Choice(v, &into.Policy, limits.Off, limits.Concurrency) },
		"min":    func(v yamlfile.Value) { v.Integer(&into.Min, 1, math.MaxInt32) },
		"max":    func(v yamlfile.Value) { v.Integer(&into.Max, 1, math.MaxInt32) },
	})
	if into.Min > into.Max {
		v.Problem("min %d is above max %d", into.Min, into.Max)
	}
}
