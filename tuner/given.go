package tuner

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// givenSource is the name of observations that say of no source that they are
// from it, as those of a file.
const givenSource = "observations"

// given holds what was measured of one virtual service by other means than
// the director's counters. Its latencies are all of one source, its errors all
// of one, maybe another.
type given struct {
	counters  bool // the latencies are those of the director's counters
	latencies sourced
	errors    sourced // nothing where they come with the latencies
}

// sourced holds what one source says.
type sourced struct {
	source string // "" is the director
	of     map[ipvs.ServerID]Observation
}

func (s *sourced) add(o Observation, source string) {
	if s.of == nil {
		s.of = make(map[ipvs.ServerID]Observation)
	}
	s.source, s.of[o.Server] = source, o
}

// dropErrors leaves what is said of latency.
func (s *sourced) dropErrors() {
	for server, o := range s.of {
		o.LatencySeconds, o.SuccessLatencySeconds, o.ErrorRatio = o.latency(), nil, nil
		s.of[server] = o
	}
}

func byService(observations []Observation) map[ipvs.ServiceID][]Observation {
	services := make(map[ipvs.ServiceID][]Observation)
	for _, o := range observations {
		services[o.Service] = append(services[o.Service], o)
	}
	return services
}

// given sorts the observations of a virtual service by what they are for.
// Those that name no source are for all that they have, and go before those of
// the sources that the service is to have.
func (c Config) given(s ServiceConfig, observations []Observation) given {
	var g given
	for _, o := range observations {
		if o.Source == s.Source.Latency {
			g.latencies.add(o, o.Source)
		}
		if o.Source == s.Source.Errors {
			g.errors.add(o, o.Source)
		}
	}
	g.takeUnnamed(observations)
	if g.errors.source == g.latencies.source {
		g.errors = sourced{}
	} else if g.errors.of != nil {
		g.latencies.dropErrors()
	}
	g.counters = g.latencies.of == nil && c.Sources[s.Source.Latency].Type == Connections
	if g.latencies.of == nil && !g.counters {
		g.latencies.source = s.Source.Latency
	}
	return g
}

// early returns what is given to a step that is made early: where no latencies
// are, it is still the source of the last step that is asked.
func (g given) early(known *serviceState) given {
	if g.latencies.of != nil {
		return g
	}
	for _, s := range known.Servers {
		if !s.Glance.Time.IsZero() { // all that were there have the same
			g.latencies.source, g.counters = s.Source, s.Source == ""
			break
		}
	}
	return g
}

// takeUnnamed takes what observations without a source have in place of what
// there is.
func (g *given) takeUnnamed(observations []Observation) {
	var latencies, errors sourced
	for _, o := range observations {
		if o.Source != "" {
			continue
		}
		if o.latency() != nil || o.RequestsPerSecond != nil {
			latencies.add(o, givenSource)
		}
		if o.ErrorRatio != nil {
			errors.add(o, givenSource)
		}
	}
	if latencies.of != nil {
		g.latencies = latencies
	}
	if errors.of != nil {
		g.errors = errors
	}
}

// strangers says which observations are of no available server.
func (g given) strangers(known serviceState) []string {
	var strangers []string
	for _, s := range []sourced{g.latencies, g.errors} {
		for server := range s.of {
			if _, ok := known.Servers[server]; !ok {
				strangers = append(strangers, server.String()+" is of no available server")
			}
		}
	}
	slices.Sort(strangers)
	return slices.Compact(strangers)
}
