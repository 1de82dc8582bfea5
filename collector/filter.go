package collector

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// filter says what has series of its own; see [Options].
type filter struct {
	include, exclude []string
	limit            int
}

// shows reports whether the virtual service has series.
func (f *filter) shows(id string) bool {
	matches := func(pattern string) bool { return ipvs.MatchGlob(pattern, id) }
	return (len(f.include) == 0 || slices.ContainsFunc(f.include, matches)) && !slices.ContainsFunc(f.exclude, matches)
}

// omitsServers reports whether the service has too many real servers for
// each to have series.
func (f *filter) omitsServers(s *ipvs.VirtualService) bool {
	return f.limit > 0 && len(s.Servers) > f.limit
}
