package tuner

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// serving returns the place of the source of latency that serves: of the first
// that tells anything of the service, or that told until a moment ago, so that a
// reading that fails once makes no latencies start anew. The director's counters
// always tell. Where none does, the first serves.
func (c Config) serving(names []string, observations []Observation, last *serviceState, at moment) int {
	if len(names) == 1 {
		return 0
	}
	place := slices.IndexFunc(names, func(name string) bool {
		told := slices.ContainsFunc(observations, func(o Observation) bool { return o.Source == name })
		return told || c.Sources[name].Type == Connections || last.hears(name, at)
	})
	return max(0, place)
}

// missed names those of sources that tell nothing which should. There are services
// that packets tell nothing of, and kernels that let nobody look at them.
func (c Config) missed(names []string) string {
	told := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return c.Sources[name].Type == Passive })
	return strings.Join(told, ", ")
}

// from names the source of the latencies.
func (g *given) from(s ServiceSource) string {
	if g.counters {
		return s.last()
	}
	return g.latencies.source
}

// hears reports whether a source has measured the servers of the last step, and
// has not been silent for too long.
func (s *serviceState) hears(name string, at moment) bool {
	_, silent := s.Guard.silence(at)
	return !silent && slices.ContainsFunc(s.Servers, func(known serverState) bool { return known.of(name) && known.Estimate.Variance > 0 })
}

// of reports whether the latency is a source's, by whichever estimator.
func (s *serverState) of(name string) bool {
	return s.Source == name || strings.HasPrefix(s.Source, name+"/")
}

// told returns how the latencies of a source were found that it told last.
func (s *serviceState) told(name string) string {
	for i := range s.Servers {
		if s.Servers[i].of(name) {
			return s.Servers[i].Source
		}
	}
	return name
}

// separate leaves the observations of one estimator, by which most servers are
// measured: what another one finds has other errors. Which it is belongs to what
// the source is called. Observations are in order.
func (s *sourced) separate() {
	by := map[string]int{}
	for _, o := range s.of {
		if o.Estimator != "" {
			by[o.Estimator]++
		}
	}
	if len(by) == 0 {
		return
	}
	most := slices.MaxFunc(slices.Sorted(maps.Keys(by)), func(a, b string) int { return cmp.Compare(by[a], by[b]) })
	s.source += "/" + most
	s.of = slices.DeleteFunc(s.of, func(o *Observation) bool {
		other := o.Estimator != "" && o.Estimator != most
		if other {
			s.apart = append(s.apart, o.Server.String()+" is measured by "+o.Estimator+", others by "+most)
		}
		return other
	})
}
