//go:build lab

package e2e

import (
	"math/rand/v2"
	"net/netip"
	"slices"

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
	p.expectEqual()
}

func (p *play) expectEqual() {
	p.Helper()
	p.settle(p.service)
	p.expectEqualEntries(p.isOurs)
}

// limitServers gives all servers these thresholds.
func (p *play) limitServers(upper, lower uint32) {
	p.Helper()
	for _, r := range p.service.Servers(p.now()) {
		p.edit(p.service, r.ID, ipvs.Edit{UpperThreshold: &upper, LowerThreshold: &lower})
	}
}

// churn opens twice n connections and closes n, and resets one. Entries may end
// meanwhile, in the kernel up to a quarter of a second late.
func (p *play) churn(n int) {
	p.Helper()
	for range n {
		p.settle(p.service)
		p.connect()
		p.finish()
		p.settle(p.service)
		p.connect()
	}
	p.reset()
}

// isOurs tells the entries of the service from those of others.
func (p *play) isOurs(e director.Entry) bool {
	if id := p.service.ID(); e.Protocol == 0 && id.Mark != 0 {
		return id.MarkFamily == ipvs.FamilyOf(e.Client.Addr())
	}
	return e.Protocol == p.protocol && slices.ContainsFunc(p.to, func(to netip.AddrPort) bool { return to.Addr() == e.To.Addr() })
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
