package names

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// swarm is what the addresses of a Docker swarm are called. It does not change
// once it is in use.
type swarm struct {
	netns    map[string]addresses // by network namespace: those of one network each
	anywhere addresses            // those of all networks
}

// addresses are those that names are known for; "" stands for one that
// several share.
type addresses struct {
	services, servers map[netip.Addr]string
	missed            map[netip.Addr]time.Time // since when the tasks of servers are listed no more
}

func newAddresses() addresses {
	return addresses{make(map[netip.Addr]string), make(map[netip.Addr]string), make(map[netip.Addr]time.Time)}
}

// in returns the names that hold in a network namespace. Overlays may use the
// same addresses, so in the namespace of one only its own count.
func (s *swarm) in(netns string) addresses {
	if s == nil {
		return addresses{}
	}
	if own, ok := s.netns[netns]; ok {
		return own
	}
	return s.anywhere
}

func (s *swarm) service(netns string, id ipvs.ServiceID, vips []netip.Addr) string {
	return atAddress(s.in(netns).services, id, vips)
}

func (s *swarm) server(netns string, id ipvs.ServerID) string {
	if s == nil {
		return ""
	}
	return s.in(netns).servers[id.Addr()]
}

// newSwarm joins what Docker's API tells.
func newSwarm(services []dockerService, tasks []dockerTask, networks []dockerNetwork) *swarm {
	s := &swarm{netns: make(map[string]addresses), anywhere: newAddresses()}
	netns := make(map[string]string)
	for _, n := range networks {
		netns[n.ID] = n.netns()
		s.netns[n.netns()] = newAddresses()
	}
	serviceNames := make(map[string]string)
	for _, service := range services {
		serviceNames[service.ID] = service.Spec.Name
		for _, vip := range service.Endpoint.VirtualIPs {
			name(s.anywhere.services, vip.Addr, service.Spec.Name)
			name(s.netns[netns[vip.NetworkID]].services, vip.Addr, service.Spec.Name)
		}
	}
	for _, task := range tasks {
		taskName := task.name(serviceNames[task.ServiceID])
		for _, attachment := range task.NetworksAttachments {
			for _, address := range attachment.Addresses {
				name(s.anywhere.servers, address, taskName)
				name(s.netns[netns[attachment.Network.ID]].servers, address, taskName)
			}
		}
	}
	return s
}

// name gives an address, as 10.0.0.2/24, a name. One of the host's network is
// empty and has none.
func name(names map[netip.Addr]string, address, called string) {
	a, err := netip.ParsePrefix(address)
	if err != nil || names == nil {
		return
	}
	if other, twice := names[a.Addr()]; twice && other != called {
		called = ""
	}
	names[a.Addr()] = called
}

// netns returns what the namespace is called in which Docker balances a
// network's load.
func (n dockerNetwork) netns() string {
	const digits = 9
	if n.Ingress {
		return "ingress_sbox"
	}
	return "lb_" + n.ID[:min(digits, len(n.ID))]
}

// name returns what docker service ps calls the task: by its slot, or in a
// global service by its node.
func (t dockerTask) name(service string) string {
	switch {
	case service == "":
		return ""
	case t.Slot == 0:
		return service + "." + t.NodeID
	}
	return service + "." + strconv.Itoa(t.Slot)
}
