package names

import (
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// File is what a names file says; see [Parse]. It does not change.
type File struct {
	everywhere scope
	netns      map[string]scope // by network namespace; they come first
}

// scope is what one pair of the file's mappings says. An identity comes before
// an address.
type scope struct {
	services         map[ipvs.ServiceID]string
	serviceAddresses map[netip.Addr]string
	servers          map[ipvs.ServerID]string
	serverAddresses  map[netip.Addr]string
}

func newScope() scope {
	return scope{
		services:         make(map[ipvs.ServiceID]string),
		serviceAddresses: make(map[netip.Addr]string),
		servers:          make(map[ipvs.ServerID]string),
		serverAddresses:  make(map[netip.Addr]string),
	}
}

// service returns the name of a virtual service, "" where the file has none;
// for vips see [Names.Service]. A nil file has none.
func (f *File) service(netns string, id ipvs.ServiceID, vips []netip.Addr) string {
	if f == nil {
		return ""
	}
	if name := f.netns[netns].service(id, vips); name != "" {
		return name
	}
	return f.everywhere.service(id, vips)
}

func (s scope) service(id ipvs.ServiceID, vips []netip.Addr) string {
	if name := s.services[id]; name != "" {
		return name
	}
	return atAddress(s.serviceAddresses, id, vips)
}

// server returns the name of a real server, "" where the file has none.
func (f *File) server(netns string, id ipvs.ServerID) string {
	if f == nil {
		return ""
	}
	if name := f.netns[netns].server(id); name != "" {
		return name
	}
	return f.everywhere.server(id)
}

func (s scope) server(id ipvs.ServerID) string {
	if name := s.servers[id]; name != "" {
		return name
	}
	return s.serverAddresses[id.Addr()]
}

// atAddress returns the name of the address of a virtual service, or of the
// first of those for which a firewall mark is set that has one.
func atAddress(names map[netip.Addr]string, id ipvs.ServiceID, vips []netip.Addr) string {
	if id.Mark == 0 {
		return names[id.Address.Addr()]
	}
	for _, vip := range vips {
		if name := names[vip]; name != "" {
			return name
		}
	}
	return ""
}
