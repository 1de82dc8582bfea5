package passive

import (
	"cmp"
	"encoding/binary"
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Measure is what is timed, and how. Times of different measures are not to be
// added: each has errors of its own.
type Measure uint8

// The measures, by the numbers that the program has for them.
const (
	// Connect is from a client's SYN to the server's SYN-ACK, under
	// masquerading.
	Connect Measure = iota
	// FirstByte is from the last of a request to the first of its answer, under
	// masquerading; over UDP too.
	FirstByte
	// Timestamps is how long a server took for an answer by its own clock, which
	// the client's acknowledgements repeat, where answers do not pass the director;
	// too long by what seems a late SYN-ACK and was none, 10 ms at most.
	Timestamps
	// Acknowledgement is from the last of a connection's first request to the
	// client's acknowledgement of an answer, less the time that the connection
	// took to be established, where the client's packets have no timestamps.
	Acknowledgement
)

// String returns connect, first_byte, timestamps or acknowledgement.
func (m Measure) String() string {
	return [...]string{"connect", "first_byte", "timestamps", "acknowledgement"}[m]
}

// Reading is what was measured of a real server since the meter was opened, or
// since it was forgotten; see [Meter.Read].
type Reading struct {
	Netns   uint32 // inode number of the network namespace
	Service ipvs.ServiceID
	Server  ipvs.ServerID
	Measure Measure
	Histogram
}

// Compare orders readings by what they are of.
func (r *Reading) Compare(o *Reading) int {
	return cmp.Or(
		cmp.Compare(r.Netns, o.Netns),
		r.Service.Compare(o.Service),
		r.Server.Compare(o.Server),
		cmp.Compare(r.Measure, o.Measure),
	)
}

// identify returns a reading of what the program knows by k, without times.
func identify(k *latencyServerKey) Reading {
	r := Reading{
		Netns:   k.Netns,
		Server:  ipvs.ServerID{AddrPort: addrPort(k.Family, k.Addr, k.Port)},
		Measure: Measure(k.Measure),
	}
	if s := k.Service; s.Mark != 0 {
		r.Service = ipvs.MarkService(ipvs.Family(s.Family), s.Mark)
	} else {
		r.Service = ipvs.AddressService(ipvs.Protocol(s.Protocol), addrPort(s.Family, s.Vaddr, s.Vport))
	}
	return r
}

// keyOf returns how the program knows a service.
func keyOf(s ipvs.ServiceID) latencyServiceKey {
	k := latencyServiceKey{Mark: s.Mark, Family: uint8(s.Family()), Protocol: uint8(s.Protocol)}
	if s.Mark == 0 {
		k.Vaddr, k.Vport = wordsOf(s.Address)
	}
	return k
}

// addrPort reads an address and a port that stand in memory as in packets.
func addrPort(family uint8, words [4]uint32, port uint16) netip.AddrPort {
	var all [16]byte
	for i, w := range words {
		binary.NativeEndian.PutUint32(all[4*i:], w)
	}
	address := netip.AddrFrom16(all)
	if ipvs.Family(family) == ipvs.IPv4 {
		address = netip.AddrFrom4([4]byte(all[:4]))
	}
	var p [2]byte
	binary.NativeEndian.PutUint16(p[:], port)
	return netip.AddrPortFrom(address, binary.BigEndian.Uint16(p[:]))
}

// wordsOf returns an address and a port as they stand in memory.
func wordsOf(a netip.AddrPort) (words [4]uint32, port uint16) {
	var all [16]byte
	copy(all[:], a.Addr().AsSlice())
	for i := range words {
		words[i] = binary.NativeEndian.Uint32(all[4*i:])
	}
	var p [2]byte
	binary.BigEndian.PutUint16(p[:], a.Port())
	return words, binary.NativeEndian.Uint16(p[:])
}
