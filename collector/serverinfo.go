package collector

import (
	"strconv"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// serverFacts are what ipvs_server_info tells of a real server besides its
// identity.
type serverFacts struct {
	forward ipvs.Forward
	tunnel  ipvs.Tunnel
	name    string
}

func factsOf(v *view, s *ipvs.RealServer) serverFacts {
	return serverFacts{s.Forward, s.Tunnel, v.naming.Server(v.name, s.ID)}
}

// are reports whether they are those of a server too.
func (f *serverFacts) are(v *view, s *ipvs.RealServer) bool {
	return s.Forward == f.forward && s.Tunnel == f.tunnel && v.naming.Server(v.name, s.ID) == f.name
}

// infoLabels are the labels that real servers of one virtual service and of the
// same facts share.
type infoLabels struct {
	netns, service, forward, tunnelType, tunnelPort, name string
}

// labels returns them; kind is whether that of a tunnel is known.
func (f *serverFacts) labels(netns, service string, kind bool) infoLabels {
	l := infoLabels{netns: netns, service: service, forward: f.forward.String(), name: f.name}
	if kind && f.forward == ipvs.Tunnelled {
		l.tunnelType = f.tunnel.Type.String()
	}
	if f.tunnel.Port != 0 {
		l.tunnelPort = strconv.Itoa(int(f.tunnel.Port))
	}
	return l
}

func newServerInfo() family {
	return newGauge("ipvs_server_info", "A real server of a virtual service and how packets reach it.",
		[]string{"netns", "service", "server", "address", "port", "forward", "tunnel_type", "tunnel_port", "name"}, putServerInfo)
}

func putServerInfo(v *view, o *output) {
	kind := v.table.Source != ipvs.Procfs
	eachServed(v, func(s *serviceView, _ group) {
		n := 0
		for i := 0; i < len(s.Servers); i += n {
			facts := factsOf(v, &s.Servers[i])
			for n = 1; i+n < len(s.Servers) && facts.are(v, &s.Servers[i+n]); {
				n++
			}
			labels := facts.labels(v.name, s.id, kind)
			putInfos(o, &labels, s.servers[i:i+n])
		}
	})
}

func putInfos(o *output, l *infoLabels, servers []identity) {
	if o.text != nil {
		servers = servers[o.text.addInfos(l, servers):]
	}
	for i := range servers {
		address, port := splitAddress(servers[i].last)
		o.add(1, l.netns, l.service, servers[i].last, address, port, l.forward, l.tunnelType, l.tunnelPort, l.name)
	}
}
