package ipvstest

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// AddService adds a virtual service; its real servers are added in their
// order, each before those already there, as the kernel does.
func (d *Director) AddService(s ipvs.VirtualService) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Servers = slices.Clone(s.Servers)
	slices.Reverse(s.Servers)
	d.table.Services = append(d.table.Services, s)
}

// DeleteServer takes a real server out of a virtual service.
func (d *Director) DeleteServer(id ipvs.ServiceID, server ipvs.ServerID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, err := d.service(id); err == nil {
		s.Servers = slices.DeleteFunc(s.Servers, func(r ipvs.RealServer) bool { return r.ID == server })
	}
}

// Update calls change with a real server, to move its counters and gauges;
// it does not count as a write. It reports whether the server is there.
func (d *Director) Update(id ipvs.ServiceID, server ipvs.ServerID, change func(*ipvs.RealServer)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.server(id, server)
	if err != nil {
		return false
	}
	change(s)
	return true
}

// Fail makes every operation fail with err, as a kernel without IPVS does;
// nil ends it.
func (d *Director) Fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

// FailEdits makes edits of a real server fail with err; nil ends it.
func (d *Director) FailEdits(server ipvs.ServerID, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken[server] = err
}

// Writes says how many edits have changed something.
func (d *Director) Writes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writes
}
