package director

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// estimation is how often the kernel brings counters up to date
// (ip_vs_est.c). They are what they were at the last multiple of it.
const estimation = 2 * time.Second

// estimate shows the counters as they are now.
func (d *Director) estimate() {
	d.estimateAt = d.now - d.now%estimation + estimation
	for _, s := range d.services {
		s.connections.shown = s.connections.now
		for i := range s.known {
			s.known[i].connections.shown = s.known[i].connections.now
		}
	}
}

// Table returns what a read of the kernel would find: gauges as they are, and
// counters as of the last two full seconds. Of the statistics there is the
// number of connections alone.
func (d *Director) Table(now time.Duration) *ipvs.Table {
	d.Expire(now)
	t := &ipvs.Table{Source: ipvs.Netlink, Director: ipvs.Director{
		OverheadFactor: d.options.OverheadFactor,
		Timeouts:       d.options.Timeouts,
	}}
	for _, s := range d.services {
		t.Director.Stats.Connections += s.connections.shown
		t.Services = append(t.Services, s.table())
	}
	return t
}

func (s *Service) table() ipvs.VirtualService {
	return ipvs.VirtualService{
		ID: s.id, Scheduler: s.name, Flags: s.flags, Netmask: s.group,
		Persistence: s.persistence,
		Stats:       ipvs.Stats{Connections: s.connections.shown},
		Servers:     s.servers(),
	}
}

// Servers returns the real servers alone, as [Director.Table] has them.
func (s *Service) Servers(now time.Duration) []ipvs.RealServer {
	s.director.Expire(now)
	return s.servers()
}

func (s *Service) servers() []ipvs.RealServer {
	list := make([]ipvs.RealServer, s.listed)
	for at := range list {
		g := &s.scan[at]
		known := &s.known[g.number]
		r := known.config
		r.ActiveConnections = uint32(g.active)
		r.InactiveConnections = uint32(g.total - g.active)
		r.PersistentConnections = uint32(known.persistent)
		r.Stats.Connections = known.connections.shown
		list[at] = r
	}
	return list
}
