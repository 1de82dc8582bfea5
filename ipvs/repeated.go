package ipvs

import (
	"encoding/binary"
	"net/netip"
)

// repeats finds entries that a dump has twice. The kernel repeats entries when
// somebody edits the table during a dump, which goes on by position: mostly the
// first ones of a datagram, but later ones where more were added in front than
// had been dumped.
//
// It is a hash table of positions among the entries, whose memory is used
// again; a map would have to be as large for every dump as the largest wants.
type repeats struct {
	slots []uint32 // one more than a position; 0 is empty
}

// drop leaves out, in place, the entries whose identity an earlier one has.
func drop[T any, ID comparable](r *repeats, entries []T, id func(*T) ID, hash func(ID) uint64) []T {
	r.clear(2 * len(entries))
	kept := 0
	for i := range entries {
		own := id(&entries[i])
		slot := r.first(uint32(hash(own)))
		for r.slots[slot] != 0 && id(&entries[r.slots[slot]-1]) != own {
			slot = r.first(slot + 1)
		}
		if r.slots[slot] != 0 {
			continue
		}
		if kept != i {
			entries[kept] = entries[i]
		}
		kept++
		r.slots[slot] = uint32(kept)
	}
	return entries[:kept]
}

// clear makes an empty table of at least size slots, a power of two of them.
func (r *repeats) clear(size int) {
	slots := 64
	for slots < size {
		slots *= 2
	}
	if cap(r.slots) < slots {
		r.slots = make([]uint32, slots)
	}
	r.slots = r.slots[:slots]
	clear(r.slots)
}

// first returns the slot at which a search begins.
func (r *repeats) first(hash uint32) uint32 { return hash & uint32(len(r.slots)-1) }

func serviceID(s *VirtualService) ServiceID { return s.ID }
func serverID(s *RealServer) ServerID       { return s.ID }

func (s ServiceID) hash() uint64 {
	return hashAddress(s.Address, uint64(s.Mark)<<8|uint64(s.Protocol))
}

func (s ServerID) hash() uint64 { return hashAddress(s.AddrPort, 0) }

// hashAddress scatters addresses that follow upon each other, after what came
// before.
func hashAddress(a netip.AddrPort, before uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2⁶⁴ by the golden ratio
	b := a.Addr().As16()
	high, low := binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])
	h := (before*odd ^ low ^ high*31 ^ uint64(a.Port())<<48) * odd
	return h ^ h>>32
}
