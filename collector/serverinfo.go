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

func factsOf(v *view, service ipvs.ServiceID, s *ipvs.RealServer) serverFacts {
	return serverFacts{s.Forward, s.Tunnel, v.naming.Server(v.name, service, s.ID)}
}

// labels returns them as labels; kind is whether that of a tunnel is known.
func (f *serverFacts) labels(kind bool) (forward, tunnelType, tunnelPort, name string) {
	if kind && f.forward == ipvs.Tunnelled {
		tunnelType = f.tunnel.Type.String()
	}
	if f.tunnel.Port != 0 {
		tunnelPort = strconv.Itoa(int(f.tunnel.Port))
	}
	return f.forward.String(), tunnelType, tunnelPort, f.name
}

func newServerInfo() family {
	return newGauge("ipvs_server_info", "A real server of a virtual service and how packets reach it.",
		[]string{"netns", "service", "server", "address", "port", "forward", "tunnel_type", "tunnel_port", "name"}, putServerInfo)
}

func putServerInfo(v *view, o *output) {
	kind := v.table.Source != ipvs.Procfs
	labels := newInfoLabels(v.name, kind)
	eachServed(v, func(s *serviceView, _ group) {
		for i := range s.Servers {
			of, facts := &s.servers[i], factsOf(v, s.ID, &s.Servers[i])
			if o.text != nil {
				o.text.add(1, func(b []byte) []byte { return labels.append(b, of, &facts) })
				continue
			}
			address, port := splitAddress(of.last)
			forward, tunnelType, tunnelPort, name := facts.labels(kind)
			o.add(1, v.name, s.id, of.last, address, port, forward, tunnelType, tunnelPort, name)
		}
	})
}

// infoLabels appends the labels of ipvs_server_info, in the order of their
// names, from what is rendered already: of the identity, or of the facts of the
// server before, which most servers share.
type infoLabels struct {
	netns        string
	kind         bool // that of tunnels is known
	own          int  // where the labels of server and service are in an identity's text
	facts        serverFacts
	middle, tail string // of facts: before the port, and after the service
}

func newInfoLabels(netns string, kind bool) *infoLabels {
	l := &infoLabels{netns: string(appendEscaped(nil, netns)), kind: kind}
	l.own = len(`{netns="",`) + len(l.netns)
	l.render()
	return l
}

func (l *infoLabels) render() {
	forward, tunnelType, tunnelPort, name := l.facts.labels(l.kind)
	l.middle = `",forward="` + forward + `",name="` + string(appendEscaped(nil, name)) + `",netns="` + l.netns + `",port="`
	l.tail = `,tunnel_port="` + tunnelPort + `",tunnel_type="` + tunnelType + `"} `
}

func (l *infoLabels) append(b []byte, of *identity, f *serverFacts) []byte {
	if *f != l.facts {
		l.facts = *f
		l.render()
	}
	address, port := splitAddress(of.last)
	b = append(append(b, `{address="`...), address...)
	b = append(append(b, l.middle...), port...)
	b = append(append(b, `",`...), of.text[l.own:len(of.text)-len(`} `)]...)
	return append(b, l.tail...)
}
