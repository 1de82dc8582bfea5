package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

func (f *simulateFlags) sweep(grid compare.Grid, bar *progressBar, stdout io.Writer) error {
	if f.report != "" {
		return &daemon.UsageError{Err: fmt.Errorf("--report and --sweep do not go together")}
	}
	s := compare.Sweep{Grid: grid}
	for _, text := range f.sweeps {
		axis, err := parseAxis(text)
		if err != nil {
			return &daemon.UsageError{Err: fmt.Errorf("--sweep: %w", err)}
		}
		s.Axes = append(s.Axes, axis)
	}
	trials, err := s.Run(bar.update)
	if err != nil {
		return err
	}
	bar.clear()
	if f.format == "json" {
		return s.WriteTrialsJSON(stdout, trials)
	}
	return s.WriteTrials(stdout, trials)
}

// parseAxis reads NAME=VALUE,VALUE and so on.
func parseAxis(text string) (compare.Axis, error) {
	name, values, ok := strings.Cut(text, "=")
	if !ok || name == "" || values == "" {
		return compare.Axis{}, fmt.Errorf("%q is not NAME=VALUE,VALUE", text)
	}
	return compare.Axis{Setting: name, Values: strings.Split(values, ",")}, nil
}
