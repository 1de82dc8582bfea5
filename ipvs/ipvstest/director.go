// Package ipvstest helps to test what stands on package ipvs: an in-memory
// director, and a conformance suite that it shares with the kernel.
package ipvstest

import (
	"slices"
	"strings"
	"sync"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Director is an IPVS director in memory. It answers as the kernel does: new
// real servers come first, edits keep what they do not name, and what is
// missing is an error. Its methods may be called concurrently.
type Director struct {
	mu     sync.Mutex
	table  ipvs.Table
	err    error
	broken map[ipvs.ServerID]error
	writes int
}

// NewDirector returns a director with an empty table.
func NewDirector() *Director {
	return &Director{
		table:  ipvs.Table{Source: ipvs.Netlink, Director: ipvs.Director{Version: ipvs.Version{Major: 1, Minor: 2, Patch: 1}}},
		broken: map[ipvs.ServerID]error{},
	}
}

// Table returns a copy of the table.
func (d *Director) Table() (*ipvs.Table, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return nil, &ipvs.Error{Op: "read table", Err: d.err}
	}
	t := d.table
	t.Director.SyncDaemons = slices.Clone(t.Director.SyncDaemons)
	t.Services = slices.Clone(t.Services)
	for i := range t.Services {
		t.Services[i].Servers = slices.Clone(t.Services[i].Servers)
	}
	return &t, nil
}

// Reuse overwrites a table that Table returned, as the next read of the kernel
// would, so that what is used of it after that shows.
func (d *Director) Reuse(t *ipvs.Table) {
	for i := range t.Services {
		clear(t.Services[i].Servers)
	}
	clear(t.Services)
}

// Servers returns a copy of a virtual service's real servers.
func (d *Director) Servers(id ipvs.ServiceID) ([]ipvs.RealServer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.service(id)
	if err != nil {
		return nil, &ipvs.Error{Op: "list real servers", Service: id, Err: err}
	}
	return slices.Clone(s.Servers), nil
}

// EditServers changes real servers of a virtual service.
func (d *Director) EditServers(id ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	d.mu.Lock()
	defer d.mu.Unlock()
	results := make([]ipvs.Edited, len(edits))
	for i, e := range edits {
		written, err := d.edit(id, e.Server, e.Edit)
		if err != nil {
			err = &ipvs.Error{Op: "edit", Service: id, Server: e.Server, Err: err}
		}
		if written {
			d.writes++
		}
		results[i] = ipvs.Edited{Written: written, Err: err}
	}
	return results
}

func (d *Director) edit(id ipvs.ServiceID, server ipvs.ServerID, edit ipvs.Edit) (bool, error) {
	s, err := d.server(id, server)
	if err != nil {
		return false, err
	}
	if err := d.broken[server]; err != nil {
		return false, err
	}
	edited, err := edit.Apply(*s)
	if err != nil || edited == *s {
		return false, err
	}
	*s = edited
	return true, nil
}

// schedulers are those of the kernel.
const schedulers = " none rr wrr lc wlc lblc lblcr dh sh mh sed nq fo ovf twos "

// SetScheduler changes the scheduler of a virtual service.
func (d *Director) SetScheduler(id ipvs.ServiceID, to ipvs.Scheduling) (written bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err = to.Check(); err == nil {
		written, err = d.schedule(id, to)
	}
	if err != nil {
		return false, &ipvs.Error{Op: "set scheduler", Service: id, Err: err}
	}
	return written, nil
}

func (d *Director) schedule(id ipvs.ServiceID, to ipvs.Scheduling) (bool, error) {
	s, err := d.service(id)
	switch {
	case err != nil:
		return false, err
	case s.Scheduling() == to:
		return false, nil
	case !strings.Contains(schedulers, " "+to.Scheduler+" "):
		return false, ipvs.ErrNoScheduler
	}
	*s = to.Apply(*s)
	d.writes++
	return true, nil
}

func (d *Director) service(id ipvs.ServiceID) (*ipvs.VirtualService, error) {
	if d.err != nil {
		return nil, d.err
	}
	for i := range d.table.Services {
		if d.table.Services[i].ID == id {
			return &d.table.Services[i], nil
		}
	}
	return nil, ipvs.ErrNoService
}

func (d *Director) server(id ipvs.ServiceID, server ipvs.ServerID) (*ipvs.RealServer, error) {
	service, err := d.service(id)
	if err != nil {
		return nil, err
	}
	for i := range service.Servers {
		if service.Servers[i].ID == server {
			return &service.Servers[i], nil
		}
	}
	return nil, ipvs.ErrNoServer
}
