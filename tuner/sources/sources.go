// Package sources opens the tuner's sources of observations.
package sources

import (
	"fmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/probe"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/prometheus"
)

// Open returns a meter for each source that the services have, but for those
// of type connections, which the tuner reads itself. They are to be closed.
func Open(c tuner.Config) (tuner.Meters, error) {
	meters := make(tuner.Meters)
	for _, name := range c.SourcesInUse() {
		meter, err := open(c.Sources[name])
		if err != nil {
			meters.Close()
			return nil, fmt.Errorf("source %s: %w", name, err)
		}
		if meter != nil {
			meters[name] = meter
		}
	}
	return meters, nil
}

// open returns the meter of a source, nil where it needs none.
func open(s tuner.Source) (tuner.Meter, error) {
	switch s.Type {
	case tuner.HTTP:
		return probe.NewHTTP(s.Probe)
	case tuner.TCP:
		return probe.NewTCP(s.Probe), nil
	case tuner.Prometheus:
		return prometheus.New(s.Prometheus)
	}
	return nil, nil
}
