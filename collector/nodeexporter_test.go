package collector

import (
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// nodeTable has services that node_exporter does not tell apart: SCTP ones from
// those before them, even where that has no series, IPv4 marks from IPv6 ones.
func nodeTable() *ipvs.Table {
	t := &ipvs.Table{Source: ipvs.Netlink, Director: ipvs.Director{Stats: ipvs.Stats{
		Connections: 1<<32 + 1, IncomingPackets: 2, OutgoingPackets: 3, IncomingBytes: 4, OutgoingBytes: 5,
	}}}
	for i, of := range []struct {
		service string
		servers []string
	}{
		{"sctp/10.0.0.1:5060", []string{"10.0.0.2:5060"}},
		{"tcp/10.0.0.1:80", []string{"10.0.0.2:80", "10.0.0.3:80"}},
		{"sctp/10.0.0.1:80", []string{"10.0.0.3:80", "10.0.0.4:80"}},
		{"tcp/10.0.0.1:81", nil},
		{"tcp/[2001:db8::1]:443", []string{"[2001:db8::2]:443", "[::ffff:10.0.0.2]:443", "10.0.0.2:443"}},
		{"udp/10.0.0.9:53", []string{"10.0.0.2:53"}},
		{"sctp/10.0.0.1:53", []string{"10.0.0.2:5353"}},
		{"fwm/258", []string{"10.0.0.2:0"}},
		{"fwm6/258", []string{"[2001:db8::2]:0", "10.0.0.2:0"}},
	} {
		id, _ := ipvs.ParseServiceID(of.service)
		s := ipvs.VirtualService{ID: id}
		for j, server := range of.servers {
			n := uint32(10*(i+1) + j)
			s.Servers = append(s.Servers, ipvs.RealServer{
				ID:     ipvs.ServerID{AddrPort: netip.MustParseAddrPort(server)},
				Weight: n, ActiveConnections: 100 + n, InactiveConnections: 1<<32 - 1,
			})
		}
		t.Services = append(t.Services, s)
	}
	return t
}
