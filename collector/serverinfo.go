package collector

import (
	"strconv"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// serverFacts are what ipvs_server_info tells of a real server besides its
// identity.
type serverFacts struct{ forward, tunnelType, tunnelPort, name string }

func factsOf(v *view, service ipvs.ServiceID, s *ipvs.RealServer) serverFacts {
	f := serverFacts{forward: s.Forward.String(), name: v.naming.Server(v.name, service, s.ID)}
	if isTunnel(v, s) {
		f.tunnelType = s.Tunnel.Type.String()
	}
	if s.Tunnel.Port != 0 {
		f.tunnelPort = strconv.Itoa(int(s.Tunnel.Port))
	}
	return f
}

// isTunnel reports whether the kind of a tunnel is known.
func isTunnel(v *view, s *ipvs.RealServer) bool {
	return s.Forward == ipvs.Tunnelled && v.table.Source != ipvs.Procfs
}

func newServerInfo() family {
	return newGauge("ipvs_server_info", "A real server of a virtual service and how packets reach it.",
		[]string{"netns", "service", "server", "address", "port", "forward", "tunnel_type", "tunnel_port", "name"}, putServerInfo)
}

func putServerInfo(v *view, o *output) {
	labels := newInfoLabels(v.name)
	eachServed(v, func(s *serviceView, _ group) {
		for i := range s.Servers {
			of, facts := &s.servers[i], factsOf(v, s.ID, &s.Servers[i])
			if o.text != nil {
				o.text.add(1, func(b []byte) []byte { return labels.append(b, of, facts) })
				continue
			}
			address, port := splitAddress(of.last)
			o.add(1, v.name, s.id, of.last, address, port, facts.forward, facts.tunnelType, facts.tunnelPort, facts.name)
		}
	})
}

// infoLabels appends the labels of ipvs_server_info, in the order of their
// names, from what is rendered already: of the identity, or of the facts of the
// server before, which most servers share.
type infoLabels struct {
	netns        string
	own          int // where the labels of server and service are in an identity's text
	facts        serverFacts
	middle, tail string // of facts: before the port, and after the service
}

func newInfoLabels(netns string) *infoLabels {
	l := &infoLabels{netns: string(appendEscaped(nil, netns))}
	l.own = len(`{netns="",`) + len(l.netns)
	l.render(serverFacts{})
	return l
}

func (l *infoLabels) render(f serverFacts) {
	l.facts = f
	l.middle = `",forward="` + f.forward + `",name="` + string(appendEscaped(nil, f.name)) + `",netns="` + l.netns + `",port="`
	l.tail = `,tunnel_port="` + f.tunnelPort + `",tunnel_type="` + f.tunnelType + `"} `
}

func (l *infoLabels) append(b []byte, of *identity, f serverFacts) []byte {
	if f != l.facts {
		l.render(f)
	}
	address, port := splitAddress(of.last)
	b = append(append(b, `{address="`...), address...)
	b = append(append(b, l.middle...), port...)
	b = append(append(b, `",`...), of.text[l.own:len(of.text)-len(`} `)]...)
	return append(b, l.tail...)
}
