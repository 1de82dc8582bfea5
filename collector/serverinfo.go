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
	var line infoLine
	kind := v.table.Source != ipvs.Procfs
	eachServed(v, func(s *serviceView, _ group) {
		for i := range s.Servers {
			of, facts := &s.servers[i], factsOf(v, s.ID, &s.Servers[i])
			if o.text != nil {
				if i == 0 || facts != line.facts {
					line.set(o.family.name, v.name, s.id, facts, kind)
				}
				if line.short && of.size > 0 {
					o.text.addInfo(&line, of)
					continue
				}
			}
			address, port := splitAddress(of.last)
			forward, tunnelType, tunnelPort, name := facts.labels(kind)
			o.add(1, v.name, s.id, of.last, address, port, forward, tunnelType, tunnelPort, name)
		}
	})
}

// infoLine is what the lines of ipvs_server_info have in common within a
// service, as long as the facts are those of the server before.
type infoLine struct {
	facts                                  serverFacts
	toAddress, toPort, toServer, afterward piece // before the values of these labels, and after the last
	short                                  bool  // all are set
}

func (l *infoLine) set(family, netns, service string, f serverFacts, kind bool) {
	var room [256]byte
	forward, tunnelType, tunnelPort, name := f.labels(kind)
	l.facts = f
	l.short = l.toAddress.set(join(room[:0], family, `{address="`)) &&
		l.toPort.set(join(room[:0], `",forward="`, forward, `",name="`, escaped(name), `",netns="`, escaped(netns), `",port="`)) &&
		l.toServer.set(join(room[:0], `",server="`)) &&
		l.afterward.set(join(room[:0], `",service="`, service, `",tunnel_port="`, tunnelPort, `",tunnel_type="`, tunnelType, `"} `))
}

// put lays down the line of an identity that has a block, and returns its length
// up to the number.
func (l *infoLine) put(b *[lineRoom]byte, of *identity) uint {
	address, port := splitAddress(of.last)
	n := l.toAddress.put(b[:])
	n += uint(copy(b[n:], address))
	n += l.toPort.put(b[n:])
	n += uint(copy(b[n:], port))
	n += l.toServer.put(b[n:])
	*(*[blockSize]byte)(b[n:]) = of.block
	n += uint(of.size)
	return n + l.afterward.put(b[n:])
}

func join(b []byte, texts ...string) []byte {
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}
