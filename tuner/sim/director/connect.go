package director

import (
	"net/netip"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Flow says where a connection comes from and goes to.
type Flow struct {
	Client   netip.AddrPort // its port is not 0
	To       netip.AddrPort // zero: the service's own; required for firewall marks and services of every port
	Protocol ipvs.Protocol  // zero: the service's own, and TCP for a firewall mark
}

// Conn is a connection that the director forwards, or a datagram that is
// forwarded by itself.
type Conn struct {
	Server     int // number of the real server, see [Service.Number]
	entry      number
	generation uint32
}

// Verdict is what becomes of a packet from a client.
type Verdict int

// The verdicts.
const (
	Forwarded   Verdict = iota // goes to the real server
	Unreachable                // no real server to go to: the client gets an ICMP error, which Linux calls connection refused
	Dropped                    // belongs to a connection to a deleted real server: the client gets nothing
	Unknown                    // belongs to no connection that is known: TCP gets an RST
)

// Connect takes the first packet of a connection: a SYN, an INIT, or a
// datagram (every datagram, since it opens a connection when there is none).
// It is sent to the real server of the old connection with the same addresses
// and ports if there still is one (but see [ReuseMode]), else to that of the
// client's template, else to the one that the scheduler chooses.
func (s *Service) Connect(now time.Duration, f Flow) (Conn, Verdict) {
	d := s.director
	d.Expire(now)
	k := s.keyOf(f)
	old := d.entries.find(k)
	if old != 0 {
		verdict := d.arrival(old)
		if verdict == Forwarded {
			d.pass(old, fromClient, d.machineOf(k.protocol).opening)
		}
		if verdict != Unknown {
			return d.conn(old), verdict
		}
		d.replace(old)
	}
	return s.open(k)
}

func (s *Service) keyOf(f Flow) key {
	k := key{client: addressOf(f.Client.Addr()), clientPort: f.Client.Port(), protocol: f.Protocol}
	to := s.own
	if f.To.IsValid() {
		to = endpointOf(f.To)
	}
	k.to, k.toPort = to.address, to.port
	if k.protocol == 0 {
		k.protocol = s.id.Protocol
	}
	if k.protocol == 0 {
		k.protocol = ipvs.TCP
	}
	return k
}

// arrival says what becomes of a first packet that finds an old entry;
// Unknown where it is scheduled anew (ip_vs_core.c:ip_vs_in_hook).
func (d *Director) arrival(n number) Verdict {
	e := &d.entries.list[n]
	s := d.services[e.service]
	opens := e.key.protocol != ipvs.UDP
	switch {
	case opens && d.options.ExpireNodest && s.gauges(e.server).weight == 0:
		return Unknown
	case opens && d.reusable(e):
		return Unknown
	case s.available(e.server):
		return Forwarded
	case d.options.ExpireNodest:
		return Unknown
	}
	return Dropped
}

// reusable says whether a new connection may take the place of an old one
// (ip_vs_core.c:is_new_conn_expected).
func (d *Director) reusable(e *entry) bool {
	if d.options.ReuseMode == KeepServer || e.control != 0 {
		return false
	}
	role := d.machineOf(e.key.protocol).roles[e.state]
	return role == closed ||
		role == finWait && e.inputOnly && d.options.ReuseMode == RescheduleFinWait
}

// open schedules a connection and enters it into the table
// (ip_vs_core.c:ip_vs_schedule).
func (s *Service) open(k key) (Conn, Verdict) {
	if s.flags.Has(ipvs.FlagPersistent) {
		return s.openPersistent(k)
	}
	if s.id.Mark == 0 && k.toPort != s.own.port {
		return Conn{}, Unreachable // every port, which needs persistence
	}
	at := s.scheduler.choose(s, k)
	if at < 0 {
		return Conn{}, Unreachable
	}
	return s.enter(k, s.scan[at].number, 0), Forwarded
}

// enter makes a connection's entry. One-packet scheduling leaves none behind.
func (s *Service) enter(k key, server uint16, template number) Conn {
	s.connections.now++
	s.known[server].connections.now++
	s.bind(server)
	if k.protocol == ipvs.UDP && s.flags.Has(ipvs.FlagOnePacket) {
		s.unbind(server)
		return Conn{Server: int(server)}
	}
	d := s.director
	m := d.machineOf(k.protocol)
	n := d.add(k, s, server, m.rings[0])
	e := &d.entries.list[n]
	e.inputOnly = s.known[server].config.Forward != ipvs.Masq
	if template != 0 {
		e.control = template
		d.entries.list[template].controls++
	}
	d.pass(n, fromClient, m.opening)
	return d.conn(n)
}
