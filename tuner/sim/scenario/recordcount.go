package scenario

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// counted returns the two samples between which connections are counted. The
// kernel's counters are snapshots taken every two seconds: where there are
// samples enough, these are the first and the last with a new snapshot.
func (r Recording) counted() (first, last Sample) {
	all := r.Samples
	begin, end := -1, -1
	for i := 1; i < len(all); i++ {
		if total(all[i].Servers) != total(all[i-1].Servers) {
			if begin < 0 {
				begin = i
			}
			end = i
		}
	}
	if begin == end {
		return all[0], all[len(all)-1]
	}
	return all[begin], all[end]
}

func total(servers []ipvs.RealServer) uint64 {
	n := uint64(0)
	for _, s := range servers {
		n += s.Stats.Connections
	}
	return n
}

// came returns the connections that came to a server; 0 where it was not there
// all the time or its counter was set back.
func came(first, last Sample, id ipvs.ServerID) float64 {
	before, was := first.server(id)
	after, is := last.server(id)
	if !was || !is || after.Stats.Connections < before.Stats.Connections {
		return 0
	}
	return float64(after.Stats.Connections - before.Stats.Connections)
}

func (s Sample) server(id ipvs.ServerID) (ipvs.RealServer, bool) {
	for _, server := range s.Servers {
		if server.ID == id {
			return server, true
		}
	}
	return ipvs.RealServer{}, false
}

// active returns the mean number of active connections of a server.
func (r Recording) active(id ipvs.ServerID) float64 {
	sum, n := 0.0, 0.0
	for _, sample := range r.Samples {
		if s, ok := sample.server(id); ok {
			sum, n = sum+float64(s.ActiveConnections), n+1
		}
	}
	return sum / max(1, n)
}
