//go:build lab

package e2e

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// play has both directors see connections come and go at random, and their
// operator at work: weights and thresholds edited, servers deleted and added.
type play struct {
	*twin
	service  *director.Service
	protocol ipvs.Protocol
	to       []netip.AddrPort
	random   *rand.Rand
	open     []twinConn
	closed   []twinConn
	deleted  []ipvs.RealServer
}

func (w *twin) play(id string, seed uint64) *play {
	w.Helper()
	p := &play{twin: w, service: w.service(id), random: rand.New(rand.NewPCG(seed, 1))}
	parsed := p.service.ID()
	p.protocol = parsed.Protocol
	p.to = []netip.AddrPort{parsed.Address}
	switch {
	case parsed.Mark != 0:
		p.protocol, p.to = ipvs.TCP, destinations(parsed)
	case parsed.Address.Port() == 0:
		p.to = nil
		for port := range uint16(20) {
			p.to = append(p.to, netip.AddrPortFrom(parsed.Address.Addr(), 80+port))
		}
	}
	return p
}

// destinations are the addresses that a firewall mark stands for.
func destinations(id ipvs.ServiceID) []netip.AddrPort {
	var list []netip.AddrPort
	for n := range 40 {
		a := netip.AddrFrom4([4]byte{10, 8, byte(id.Mark), byte(n)})
		if id.MarkFamily == ipvs.IPv6 {
			b := netip.MustParseAddr("fd08::").As16()
			b[13], b[15] = byte(id.Mark), byte(n)
			a = netip.AddrFrom16(b)
		}
		list = append(list, netip.AddrPortFrom(a, 80))
	}
	return list
}

// run does n things, one after the other.
func (p *play) run(n int) {
	p.Helper()
	for range n {
		switch dice := p.random.IntN(100); {
		case dice < 50:
			p.connect()
		case dice < 75:
			p.finish()
		case dice < 82:
			p.talk()
		case dice < 88:
			p.again()
		default:
			p.operate()
		}
	}
	p.settle(p.service)
	p.expectEqualEntries(p.isOurs)
}

// isOurs tells the entries of the service from those of others.
func (p *play) isOurs(e director.Entry) bool {
	if id := p.service.ID(); e.Protocol == 0 && id.Mark != 0 {
		return id.MarkFamily == ipvs.FamilyOf(e.Client.Addr())
	}
	return e.Protocol == p.protocol && slices.ContainsFunc(p.to, func(to netip.AddrPort) bool { return to.Addr() == e.To.Addr() })
}

// connect opens a connection.
func (p *play) connect() {
	p.Helper()
	f := director.Flow{Client: p.client(), To: p.to[p.random.IntN(len(p.to))], Protocol: p.protocol}
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

// operate edits, deletes or adds a real server.
func (p *play) operate() {
	p.Helper()
	servers := p.service.Servers(p.now())
	dice := p.random.IntN(12)
	switch {
	case dice == 0 && len(p.deleted) > 0:
		r := p.deleted[0]
		p.deleted = p.deleted[1:]
		r.Weight = p.weight()
		p.add(p.service, r)
	case dice == 1 && len(servers) > 1:
		r := servers[p.random.IntN(len(servers))]
		p.delete(p.service, r.ID)
		p.deleted = append(p.deleted, r)
	case dice < 5:
		upper := uint32(p.random.IntN(4) * 6)
		lower := uint32(p.random.IntN(int(upper) + 1))
		p.edit(p.service, servers[p.random.IntN(len(servers))].ID, ipvs.Edit{UpperThreshold: &upper, LowerThreshold: &lower})
	default:
		weight := p.weight()
		p.edit(p.service, servers[p.random.IntN(len(servers))].ID, ipvs.Edit{Weight: &weight})
	}
}

// weight returns one of those that schedulers treat differently.
func (p *play) weight() uint32 {
	weights := []uint32{0, 1, 1, 2, 3, 4, 6, 10, 12, 100, 1000, 65535}
	return weights[p.random.IntN(len(weights))]
}
