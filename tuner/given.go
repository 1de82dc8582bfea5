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
	instead   string  // of which sources, that should tell and do not; "" is none
	errors    sourced // nothing where they come with the latencies
}

// sourced holds what one source says.
type sourced struct {
	source string          // "" is the director
	of     []*Observation  // by server, once they are in order
	apart  []string        // of which servers it is not compared, and why
	torn   []ipvs.ServerID // of which it contradicts itself, by identity
}

// add adds an observation, one of so many at most.
func (s *sourced) add(o *Observation, source string, most int) {
	if s.of == nil {
		s.of = make([]*Observation, 0, most)
	}
	s.source, s.of = source, append(s.of, o)
}

// order sorts by server. The last observation of a server holds.
func (s *sourced) order() {
	compare := func(a, b *Observation) int { return a.Server.Compare(b.Server) }
	if !slices.IsSortedFunc(s.of, compare) {
		slices.SortStableFunc(s.of, compare)
	}
	s.torn = s.contradict()
	last := s.of[:0]
	for i, o := range s.of {
		if i+1 == len(s.of) || s.of[i+1].Server != o.Server {
			last = append(last, o)
		}
	}
	s.of = last
}

// find returns what is said of a server, nil where nothing is. Servers are
// asked for in order.
func (s *sourced) find(id ipvs.ServerID) *Observation {
	for ; len(s.of) > 0; s.of = s.of[1:] {
		switch first := s.of[0]; {
		case first.Server == id:
			return first
		case first.Server.Compare(id) > 0:
			return nil
		}
	}
	return nil
}

// dropErrors leaves what is said of latency.
func (s *sourced) dropErrors() {
	for i := range s.of {
		o := *s.of[i]
		o.LatencySeconds, o.SuccessLatencySeconds, o.ErrorRatio = o.latency(), nil, nil
		s.of[i] = &o
	}
}

// byService returns the observations of each virtual service.
func byService(observations []Observation) map[ipvs.ServiceID][]Observation {
	services := make(map[ipvs.ServiceID][]Observation)
	for len(observations) > 0 {
		n, id := 1, observations[0].Service
		for n < len(observations) && observations[n].Service == id {
			n++
		}
		if before, there := services[id]; there {
			services[id] = append(before, observations[:n]...)
		} else {
			services[id] = observations[:n:n]
		}
		observations = observations[n:]
	}
	return services
}

// given sorts the observations of a virtual service by what they are for.
// Those that name no source are for all that they have, and go before those of
// the sources that the service is to have.
func (c Config) given(s ServiceConfig, observations []Observation, last *serviceState, at moment) given {
	var g given
	place := c.serving(s.Source.Latency, observations, last, at)
	serves := s.Source.Latency[place]
	g.instead = c.missed(s.Source.Latency[:place])
	for i := range observations {
		o := &observations[i]
		if o.Source == serves {
			g.latencies.add(o, o.Source, len(observations))
		}
		if o.Source == s.Source.Errors {
			g.errors.add(o, o.Source, len(observations))
		}
	}
	g.takeUnnamed(observations)
	if g.errors.source == g.latencies.source {
		g.errors = sourced{}
	} else if g.errors.of != nil {
		g.latencies.dropErrors()
	}
	g.counters = g.latencies.of == nil && c.Sources[serves].Type == Connections
	if g.latencies.of == nil && !g.counters {
		g.latencies.source = last.told(serves)
	}
	g.latencies.order()
	g.latencies.separate()
	g.errors.order()
	return g
}

// early returns what is given to a step that is made early: where no latencies
// are, it is still the source of the last step that is asked.
func (g given) early(known *serviceState) given {
	if g.latencies.of != nil {
		return g
	}
	for i := range known.Servers {
		if s := &known.Servers[i]; !s.Glance.Time.IsZero() { // all that were there have the same
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
	for i := range observations {
		o := &observations[i]
		if o.Source != "" {
			continue
		}
		if o.latency() != nil || o.RequestsPerSecond != nil {
			latencies.add(o, givenSource, len(observations))
		}
		if o.ErrorRatio != nil {
			errors.add(o, givenSource, len(observations))
		}
	}
	if latencies.of != nil {
		g.latencies, g.instead = latencies, ""
	}
	if errors.of != nil {
		g.errors = errors
	}
}

// strangers says which observations are of no available server, and which
// contradict each other.
func (g *given) strangers(known *serviceState) []string {
	var strangers []string
	for _, s := range []sourced{g.latencies, g.errors} {
		servers, out := known.Servers, known.Out
		for _, o := range s.of {
			if find(&servers, o.Server) == nil && find(&out, o.Server) == nil {
				strangers = append(strangers, o.Server.String()+" is of no available server")
			}
		}
	}
	strangers = append(strangers, g.latencies.apart...)
	for _, id := range slices.Concat(g.latencies.torn, g.errors.torn) {
		strangers = append(strangers, id.String()+" is told two things that cannot both be")
	}
	slices.Sort(strangers)
	return slices.Compact(strangers)
}
