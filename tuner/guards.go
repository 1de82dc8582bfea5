package tuner

import (
	"cmp"
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// Guards bound what is done to a virtual service, whatever its policy wants.
type Guards struct {
	ObserveFirst      uint32        // in how many decisions a service that is new is only looked at
	MinAvailableRatio float64       // least part of the weight, as it was before the tuner, that ejections leave
	MaxLoweredRatio   float64       // most of the available servers whose shares shrink plainly in one step
	PanicRatio        float64       // most of the servers that may fail before that is taken as no fault of theirs
	MinWeightSum      uint32        // least sum of the weights; 0 is any
	MaxStaleness      time.Duration // how old an observation may be, and what is held on to without any; 0 is six periods
	BaselineAfter     time.Duration // without observations, until the weights go back to what they were; 0 is never
}

func defaultGuards() Guards {
	return Guards{ObserveFirst: 1, MinAvailableRatio: 0.5, MaxLoweredRatio: 0.75, PanicRatio: 0.5, BaselineAfter: 10 * time.Minute}
}

// staleness returns how old an observation may be.
func (g Guards) staleness(interval time.Duration) time.Duration {
	return cmp.Or(g.MaxStaleness, oldestObservation*interval)
}

// leastWeight returns the weight of each of the servers by which their sum is
// enough.
func (g Guards) leastWeight(servers int) uint32 {
	return uint32(math.Ceil(float64(g.MinWeightSum) / float64(max(servers, 1))))
}

// longestWait bounds the times of guards.
const longestWait = 30 * 24 * time.Hour

func readGuards(v yamlfile.Value, into *Guards) {
	v.Fields(map[string]func(yamlfile.Value){
		"observe_first":       func(v yamlfile.Value) { v.Integer(&into.ObserveFirst, 0, 1000) },
		"min_available_ratio": func(v yamlfile.Value) { v.Ratio(&into.MinAvailableRatio) },
		"max_lowered_ratio":   func(v yamlfile.Value) { v.Ratio(&into.MaxLoweredRatio) },
		"panic_ratio":         func(v yamlfile.Value) { v.Ratio(&into.PanicRatio) },
		"min_weight_sum":      func(v yamlfile.Value) { v.Integer(&into.MinWeightSum, 0, math.MaxInt32) },
		"max_staleness":       func(v yamlfile.Value) { v.Duration(&into.MaxStaleness, 0, longestWait, 1) },
		"baseline_after":      func(v yamlfile.Value) { v.Duration(&into.BaselineAfter, 0, longestWait, 1) },
	})
}
