package tuner

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// given holds the observations of one virtual service that come from outside.
type given map[ipvs.ServerID]Observation

func byService(observations []Observation) map[ipvs.ServiceID]given {
	services := make(map[ipvs.ServiceID]given)
	for _, o := range observations {
		if services[o.Service] == nil {
			services[o.Service] = make(given)
		}
		services[o.Service][o.Server] = o
	}
	return services
}

// strangers says which observations are of no available server.
func (g given) strangers(known serviceState) []string {
	var strangers []string
	for server := range g {
		if _, ok := known[server]; !ok {
			strangers = append(strangers, server.String()+" is of no available server")
		}
	}
	slices.Sort(strangers)
	return strangers
}

// take returns what a given observation tells, or why it is ignored. counted is
// the rate by the director's counters, 0 where it is not known.
func (s *serverState) take(o Observation, counted float64, at moment) (m measurement, problem string) {
	end := o.Time
	if end.IsZero() {
		end = at.now
	}
	m, ok := o.measurement(counted, at.interval)
	switch {
	case o.latency() == nil && !m.idle() && !m.failing:
		return m, "has no latency"
	case o.check() != nil || !ok:
		return m, "makes no sense"
	case end.After(at.now.Add(at.interval)):
		return m, "is from the future"
	case end.Before(at.now.Add(-oldestObservation * at.interval)):
		return m, "is too old"
	case !end.After(s.ObservedAt):
		return m, "was used before"
	}
	s.ObservedAt = end
	return m, ""
}
