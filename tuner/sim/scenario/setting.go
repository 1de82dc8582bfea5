package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// Settings returns the keys of a scenario's tuner section that stand for a
// single value.
func Settings() []string {
	return []string{"interval", "watch", "settle", "weights.min", "weights.max", "weights.max_change_ratio", "weights.eject",
		"thresholds.policy", "thresholds.min", "thresholds.max",
		"guards.observe_first", "guards.min_available_ratio", "guards.max_lowered_ratio", "guards.panic_ratio", "guards.min_weight_sum",
		"guards.max_staleness", "guards.baseline_after"}
}

// Set returns the tuner with one setting changed to a value as it would stand
// in the file. The last part of the setting's key will do.
func Set(t sim.Tuner, key, value string) (sim.Tuner, error) {
	known := Settings()
	at := slices.IndexFunc(known, func(k string) bool { return strings.HasSuffix("."+k, "."+key) })
	if at < 0 {
		return t, fmt.Errorf("%s is not a setting of the tuner: %s", key, strings.Join(known, ", "))
	}
	text := value
	for _, part := range slices.Backward(strings.Split(known[at], ".")) {
		text = "{" + part + ": " + text + "}"
	}
	changed, err := yamlfile.Read(strings.NewReader(text), key, "setting", func(v yamlfile.Value) sim.Tuner {
		readTuner(v, &t)
		return t
	})
	if mistakes := (*FileError)(nil); errors.As(err, &mistakes) {
		return t, fmt.Errorf("%s: %s", key, mistakes.Problems[0].Text)
	}
	return changed, err
}
