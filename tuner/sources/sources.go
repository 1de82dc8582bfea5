// Package sources opens the tuner's sources of observations.
package sources

import (
	"fmt"
	"maps"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/packets"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/probe"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/prometheus"
)

// Options are what some sources need.
type Options struct {
	Netns   func() (map[uint32]string, error) // names of the tuned network namespaces by inode number
	Settled func(attached string)             // is called once nothing more is to be attached to the kernel, if anything was to be, with how it is, "" if it cannot be
}

// Open returns a meter for each source that the services have, but for those
// of type connections, which the tuner reads itself. They are to be closed.
func Open(c tuner.Config, o Options) (tuner.Meters, error) {
	meters := make(tuner.Meters)
	var seen *passive.Late // one for all
	for _, name := range c.SourcesInUse() {
		if c.Sources[name].Type == tuner.Passive {
			if seen == nil {
				seen = passive.OpenLate(timed(c), o.Settled)
			}
			meters[name] = packets.New(packets.Options{Read: seen.Read, Netns: o.Netns, Close: seen.Close}, time.Now())
			continue
		}
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

// timed returns what the sources of type passive together have timed.
func timed(c tuner.Config) passive.Options {
	o := passive.Options{Skip: make(map[ipvs.ServiceID]uint8)}
	for _, name := range c.SourcesInUse() {
		p := c.Sources[name].Packets
		o.Connections, o.Servers = max(o.Connections, p.Connections), max(o.Servers, p.Servers)
		maps.Copy(o.Skip, p.Skip)
	}
	return o
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
