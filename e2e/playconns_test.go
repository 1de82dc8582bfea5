//go:build lab

package e2e

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// connect opens a connection.
func (p *play) connect() {
	p.Helper()
	p.connectFrom(p.client())
}

func (p *play) connectFrom(client netip.AddrPort) {
	p.Helper()
	f := director.Flow{Client: client, To: p.to[p.random.IntN(len(p.to))], Protocol: p.protocol}
	if c, ok := p.twin.connect(p.service, f); ok {
		p.greet(c)
		p.open = append(p.open, c)
	}
}

// client returns an address and port: of a quarter of the connections from a
// few regular clients, and else from some thousands.
func (p *play) client() netip.AddrPort {
	n := uint16(p.random.IntN(0x2000))
	if p.random.IntN(4) == 0 {
		n %= 16
	}
	a := netip.AddrFrom4([4]byte{10, 3, byte(n >> 8), byte(n)})
	if p.service.ID().Family() == ipvs.IPv6 {
		b := netip.MustParseAddr("fd03::").As16()
		binary.BigEndian.PutUint16(b[14:], n)
		binary.BigEndian.PutUint16(b[10:], n*7)
		a = netip.AddrFrom16(b)
	}
	return netip.AddrPortFrom(a, uint16(1024+p.random.IntN(60000)))
}

// greet goes on with the handshake, at times not to its end.
func (p *play) greet(c twinConn) {
	p.Helper()
	switch {
	case p.protocol == ipvs.UDP:
	case p.protocol == ipvs.SCTP:
		p.fromServer(c, director.InitAck)
		p.fromClient(c, director.CookieEcho)
		p.fromServer(c, director.CookieAck)
	case p.random.IntN(8) > 0:
		p.fromServer(c, director.SYN)
		p.fromClient(c, director.ACK)
	}
}

// finish closes an open connection from one end and mostly from the other.
func (p *play) finish() {
	p.Helper()
	c, ok := p.take()
	if !ok {
		return
	}
	switch {
	case p.protocol == ipvs.UDP:
	case p.protocol == ipvs.SCTP:
		p.fromClient(c, director.Shutdown)
		p.fromServer(c, director.ShutdownAck)
		p.fromClient(c, director.ShutdownComplete)
	case p.random.IntN(2) == 0:
		p.fromClient(c, director.FIN)
		if p.random.IntN(3) > 0 {
			p.fromServer(c, director.FIN)
		}
	default:
		p.fromServer(c, director.FIN)
		p.fromClient(c, director.FIN)
	}
	p.closed = append(p.closed, c)
}

// reset ends an open connection of TCP at once.
func (p *play) reset() {
	p.Helper()
	if c, ok := p.take(); ok && p.protocol == ipvs.TCP {
		p.fromClient(c, director.RST)
		p.closed = append(p.closed, c)
	}
}

// take returns an open connection, which is not open any more then.
func (p *play) take() (c twinConn, ok bool) {
	if len(p.open) == 0 {
		return twinConn{}, false
	}
	i := p.random.IntN(len(p.open))
	c = p.open[i]
	p.open = slices.Delete(p.open, i, i+1)
	return c, true
}

// talk sends something over an open connection.
func (p *play) talk() {
	p.Helper()
	if len(p.open) == 0 {
		return
	}
	c := p.open[p.random.IntN(len(p.open))]
	switch p.protocol {
	case ipvs.UDP:
		p.twin.connect(p.service, director.Flow{Client: c.client, To: c.to, Protocol: p.protocol})
	case ipvs.SCTP:
		p.fromClient(c, director.Data)
	default:
		p.fromClient(c, director.ACK)
		p.fromServer(c, director.ACK)
	}
}

// again opens a connection from an address and port that an old one had.
func (p *play) again() {
	p.Helper()
	if len(p.closed) == 0 {
		return
	}
	i := p.random.IntN(len(p.closed))
	c := p.closed[i]
	p.closed = slices.Delete(p.closed, i, i+1)
	defer p.pass(5*time.Millisecond, p.service) // at the next tick the old entry ends
	if c, ok := p.twin.connect(p.service, director.Flow{Client: c.client, To: c.to, Protocol: p.protocol}); ok {
		p.greet(c)
		p.open = append(p.open, c)
	}
}
