package director

import (
	"encoding/binary"
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// address is an IPv6 address, or an IPv4 one mapped into IPv6, without
// pointers, for tables of many.
type address struct{ high, low uint64 }

func addressOf(a netip.Addr) address {
	b := a.As16()
	return address{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// addr is the way back.
func (a address) addr() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], a.high)
	binary.BigEndian.PutUint64(b[8:], a.low)
	return netip.AddrFrom16(b).Unmap()
}

// fold returns an IPv4 address as a number, and the exclusive or of the four
// words of an IPv6 one, as all schedulers that hash addresses do.
func (a address) fold(f ipvs.Family) uint32 {
	if f == ipvs.IPv4 {
		return uint32(a.low)
	}
	words := a.high ^ a.low
	return uint32(words>>32) ^ uint32(words)
}

// endpoint is an address and a port.
type endpoint struct {
	address address
	port    uint16
}

func endpointOf(a netip.AddrPort) endpoint {
	return endpoint{addressOf(a.Addr()), a.Port()}
}
