package scenario

import (
	"net/netip"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// mostServers is how many real servers a group may have.
const mostServers = 10000

// largestWeight is the largest weight that ipvsadm takes.
const largestWeight = 65535

// readServers reads the groups of equal real servers, by name.
func (f *file) readServers(v yamlfile.Value) {
	f.groups = make(map[string][]ipvs.ServerID)
	v.Entries(func(name string, key, entry yamlfile.Value) {
		if _, err := ipvs.ParseServerID(name); err == nil {
			key.Problem("a group needs a name; %s is a real server's", name)
		}
		f.readGroup(name, entry)
	})
	if len(f.config.Servers) == 0 {
		v.Problem("has no real server")
	}
}

func (f *file) readGroup(name string, v yamlfile.Value) {
	s := sim.Server{Weight: 1, Workers: 1, Speed: 1, Discipline: sim.FIFO}
	count, workers := uint32(1), uint32(1)
	var limit, backlog uint32
	v.Fields(fields{
		"address":         func(v yamlfile.Value) { readWord(v, &s.ID, ipvs.ParseServerID) },
		"count":           func(v yamlfile.Value) { v.Integer(&count, 1, mostServers) },
		"weight":          func(v yamlfile.Value) { v.Integer(&s.Weight, 0, largestWeight) },
		"upper_threshold": func(v yamlfile.Value) { v.Integer(&s.UpperThreshold, 1, 1<<31-1) },
		"lower_threshold": func(v yamlfile.Value) { v.Integer(&s.LowerThreshold, 1, 1<<31-1) },
		"absent":          func(v yamlfile.Value) { v.Boolean(&s.Absent) },
		"discipline":      func(v yamlfile.Value) { yamlfile.Choice(v, &s.Discipline, sim.FIFO, sim.ProcessorSharing) },
		"workers":         func(v yamlfile.Value) { v.Integer(&workers, 1, 100000) },
		"speed":           func(v yamlfile.Value) { v.Number(&s.Speed, leastSpeed, mostSpeed) },
		"service_time":    func(v yamlfile.Value) { f.readServiceTime(v, &s.ServiceTime) },
		"limit":           func(v yamlfile.Value) { v.Integer(&limit, 1, 1<<31-1) },
		"backlog":         func(v yamlfile.Value) { v.Integer(&backlog, 1, 1<<31-1) },
	})
	v.Require("address")
	v.Require("service_time")
	s.Workers, s.Limit, s.Backlog = int(workers), int(limit), int(backlog)
	if s.LowerThreshold > 0 && s.LowerThreshold > s.UpperThreshold {
		v.Problem("lower_threshold %d is above upper_threshold %d", s.LowerThreshold, s.UpperThreshold)
	}
	if s.ID.IsValid() {
		f.addGroup(name, v, s, int(count))
	}
}

// addGroup adds a server at each of count addresses, the first being that of
// the given one.
func (f *file) addGroup(name string, v yamlfile.Value, first sim.Server, count int) {
	address := first.ID.Addr()
	for range count {
		if !address.IsValid() {
			v.Problem("there are no %d addresses from %s on", count, first.ID.Addr())
			return
		}
		s := first
		s.ID = ipvs.ServerID{AddrPort: netip.AddrPortFrom(address, first.ID.Port())}
		if slices.ContainsFunc(f.config.Servers, func(other sim.Server) bool { return other.ID == s.ID }) {
			v.Problem("%s is there twice", s.ID)
			return
		}
		f.config.Servers = append(f.config.Servers, s)
		f.groups[name] = append(f.groups[name], s.ID)
		address = address.Next()
	}
}
