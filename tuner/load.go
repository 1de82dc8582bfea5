package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// cameAndBears returns what came to the virtual service since the last step, and what
// its servers bear; those that fail bear nothing.
func (f *fleet) cameAndBears() scaling.Load {
	l := scaling.Load{RequestsPerSecond: math.NaN()} // not known
	l.Servers = make([]scaling.Server, 0, len(f.servers))
	connections, seconds := 0.0, 0.0
	for i := range f.servers {
		s := &f.servers[i]
		if s.counted.known {
			connections += float64(s.counted.perSecond * s.counted.seconds)
			seconds = s.counted.seconds
		}
		if s.failing {
			continue
		}
		var known scaling.Server
		if s.bears() {
			known.RequestsPerSecond, known.RelativeError = s.belief.Capacity()
		}
		l.Servers = append(l.Servers, known)
	}
	if seconds > 0 {
		l.RequestsPerSecond = float64(connections*f.demand.requests()) / seconds
		l.StandardError = float64(math.Sqrt(max(1, connections))*f.demand.requests()) / seconds
	}
	return l
}
