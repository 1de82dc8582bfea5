package names

import (
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Service returns the name of a virtual service: the file's, else Docker's,
// else for a firewall-mark service its first address, else "".
//
// vips are the addresses that the namespace's packet-mangling rules mark with
// the service's firewall mark, in order; none for addressed services.
func (n *Names) Service(netns string, id ipvs.ServiceID, vips []netip.Addr) string {
	if n == nil {
		return ""
	}
	if name := n.named.Load().service(netns, id, vips); name != "" {
		return name
	}
	if name := n.swarm.Load().service(netns, id, vips); name != "" {
		return name
	}
	if id.Mark != 0 && len(vips) > 0 {
		return vips[0].String()
	}
	return ""
}

// Server returns the name of a real server: the file's, else Docker's, else
// "". A server has one name in all virtual services.
func (n *Names) Server(netns string, server ipvs.ServerID) string {
	if n == nil {
		return ""
	}
	named, swarm := n.named.Load(), n.swarm.Load()
	if named == nil && swarm == nil {
		return "" // at once, for each of 100,000
	}
	if name := named.server(netns, server); name != "" {
		return name
	}
	return swarm.server(netns, server)
}
