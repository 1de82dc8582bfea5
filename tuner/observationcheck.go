package tuner

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Beyond these a measurement is taken for a mistake.
const (
	leastSeconds          = 1e-9 // of a latency that is compared
	mostSeconds           = 86400.0
	mostRequestsPerSecond = 1e9
	// leastRequestsPerSecond is what more requests are than none: one in eleven days.
	leastRequestsPerSecond = 1e-6
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
	if o.LatencySeconds == nil && o.SuccessLatencySeconds == nil && o.RequestsPerSecond == nil && o.ErrorRatio == nil {
		return errors.New("has no measurement")
	}
	if w := o.WindowSeconds; w != nil && *w == 0 {
		return errors.New("window_seconds: is 0")
	}
	return cmp.Or(
		checkNumber("latency_seconds", o.LatencySeconds, mostSeconds),
		checkNumber("success_latency_seconds", o.SuccessLatencySeconds, mostSeconds),
		checkNumber("latency_standard_error_seconds", o.LatencyStandardErrorSeconds, mostSeconds),
		checkNumber("requests_per_second", o.RequestsPerSecond, mostRequestsPerSecond),
		checkNumber("error_ratio", o.ErrorRatio, 1),
		checkNumber("window_seconds", o.WindowSeconds, mostSeconds),
	)
}

// checkNumber reports a measurement that is there and not from 0 to the most
// that it may be.
func checkNumber(name string, value *float64, most float64) error {
	if value == nil || *value >= 0 && *value <= most { // written so that NaN is refused
		return nil
	}
	return fmt.Errorf("%s: %v is not from 0 to %v", name, *value, most)
}
