package tuner

import (
	"errors"
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Beyond these a measurement is taken for a mistake.
const (
	mostSeconds           = 86400.0
	mostRequestsPerSecond = 1e9
)

// check reports what is wrong with an observation by itself.
func (o *Observation) check() error {
	switch {
	case o.Service == ipvs.ServiceID{}:
		return errors.New("has no service")
	case o.Server == ipvs.ServerID{}:
		return errors.New("has no server")
	}
	if err := o.checkMeasurements(); err != nil {
		return fmt.Errorf("%s: %w", o.of(), err)
	}
	return nil
}

func (o *Observation) checkMeasurements() error {
	measured := false
	for _, m := range []struct {
		name  string
		value *float64
		most  float64
	}{
		{"latency_seconds", o.LatencySeconds, mostSeconds},
		{"success_latency_seconds", o.SuccessLatencySeconds, mostSeconds},
		{"requests_per_second", o.RequestsPerSecond, mostRequestsPerSecond},
		{"error_ratio", o.ErrorRatio, 1},
	} {
		if m.value == nil {
			continue
		}
		measured = true
		// Written so that NaN is refused.
		if !(*m.value >= 0 && *m.value <= m.most) {
			return fmt.Errorf("%s: %v is not from 0 to %v", m.name, *m.value, m.most)
		}
	}
	if !measured {
		return errors.New("has no measurement")
	}
	if w := o.WindowSeconds; w != nil && !(*w > 0 && *w <= mostSeconds) {
		return fmt.Errorf("window_seconds: %v is not above 0 and at most %v", *w, mostSeconds)
	}
	return nil
}
