package collector

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// newNodeExporter shows the program's own network namespace by the names,
// labels and values of node_exporter's ipvs collector, that of its version
// 1.12.1 (collector/ipvs_linux.go, and ipvs.go of procfs), wrong ones too.
func newNodeExporter() subject {
	total := func(name string, c counter) family {
		return newFamily(prometheus.CounterValue, "node_ipvs_"+name+"_total", "node_exporter's name of ipvs_"+name+"_total.", nil, putOwn(func(v *view, o *output) {
			o.add(c.of(&v.table.Director.Stats))
		}))
	}
	gauge := func(name, new string, value func(*ipvs.RealServer) uint32) family {
		return newGauge("node_ipvs_backend_"+name, "node_exporter's name of "+new+".",
			[]string{"local_address", "local_port", "remote_address", "remote_port", "proto", "local_mark"}, putOwn(putNodeServers(value)))
	}
	return subject{name: NameNodeExporter, part: partTable, families: []family{
		total("connections", connections),
		total("incoming_packets", incomingPackets),
		total("outgoing_packets", outgoingPackets),
		total("incoming_bytes", incomingBytes),
		total("outgoing_bytes", outgoingBytes),
		gauge("connections_active", "ipvs_server_active_connections", func(s *ipvs.RealServer) uint32 { return s.ActiveConnections }),
		gauge("connections_inactive", "ipvs_server_inactive_connections", func(s *ipvs.RealServer) uint32 { return s.InactiveConnections }),
		gauge("weight", "ipvs_server_weight", func(s *ipvs.RealServer) uint32 { return s.Weight }),
	}}
}

// putOwn leaves out all network namespaces but the program's own.
func putOwn(each func(*view, *output)) func(*view, *output) {
	return func(v *view, o *output) {
		if v.name == "" {
			each(v, o)
		}
	}
}

// nodeService is what node_exporter tells virtual services by.
type nodeService struct{ address, port, proto, mark string }

func nodeServiceOf(id ipvs.ServiceID) nodeService {
	if id.Mark != 0 {
		return nodeService{port: "0", proto: "FWM", mark: fmt.Sprintf("%08X", id.Mark)}
	}
	address := nodeAddress(id.Address)
	return nodeService{address.Addr().String(), strconv.Itoa(int(address.Port())), strings.ToUpper(id.Protocol.String()), ""}
}

// nodeAddress takes an IPv4 address in IPv6's form for an IPv4 one.
func nodeAddress(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// nodeGroup is virtual services that node_exporter does not tell apart.
type nodeGroup struct {
	nodeService
	services []*serviceView
}

// nodeGroups returns the services that have series. A firewall mark is one
// service for IPv4 and IPv6, and the real servers of an SCTP service are those
// of the service before it in the table.
func nodeGroups(v *view) []*nodeGroup {
	var groups []*nodeGroup
	known := map[nodeService]*nodeGroup{}
	last, shown := nodeService{port: "0"}, v.services
	for i := range v.table.Services {
		s := &v.table.Services[i]
		if s.ID.Mark != 0 || s.ID.Protocol == ipvs.TCP || s.ID.Protocol == ipvs.UDP {
			last = nodeServiceOf(s.ID)
		}
		if len(shown) == 0 || shown[0].VirtualService != s {
			continue
		}
		g := known[last]
		if g == nil {
			g = &nodeGroup{nodeService: last}
			known[last], groups = g, append(groups, g)
		}
		g.services = append(g.services, &shown[0])
		shown = shown[1:]
	}
	return groups
}

func putNodeServers(value func(*ipvs.RealServer) uint32) func(*view, *output) {
	return func(v *view, o *output) {
		for _, g := range nodeGroups(v) {
			servers, sums := g.sum(value)
			for _, s := range servers {
				o.add(float64(sums[s]), g.address, g.port, s.Addr().String(), strconv.Itoa(int(s.Port())), g.proto, g.mark)
			}
		}
	}
}

// sum adds up a value of real servers that several of the services have.
func (g *nodeGroup) sum(value func(*ipvs.RealServer) uint32) (servers []netip.AddrPort, sums map[netip.AddrPort]uint64) {
	sums = map[netip.AddrPort]uint64{}
	for _, s := range g.services {
		for i := range s.servers {
			server := nodeAddress(s.Servers[i].ID.AddrPort)
			if _, known := sums[server]; !known {
				servers = append(servers, server)
			}
			sums[server] += uint64(value(&s.Servers[i]))
		}
	}
	return servers, sums
}
