package ipvs

import (
	"net/netip"
	"slices"
)

// marks are the destination addresses whose packets get a firewall mark, by
// the firewall-mark service that takes them.
type marks map[ServiceID][]netip.Addr

// add notes a rule that marks packets to a. The kernel replaces the masked
// bits of a packet's mark; where they hold the whole new mark, a packet that
// was not marked before ends up with it, and no others are counted.
func (m marks) add(a netip.Addr, mark, mask uint32) {
	if mark == 0 || mark&^mask != 0 {
		return
	}
	id := MarkService(FamilyOf(a), mark)
	m[id] = append(m[id], a)
}

// sort puts each mark's addresses in order, without repeats.
func (m marks) sort() {
	for id, addresses := range m {
		slices.SortFunc(addresses, netip.Addr.Compare)
		m[id] = slices.Compact(addresses)
	}
}

// The target MARK in its revision 2, the only one since Linux 2.6.35
// (struct xt_mark_tginfo2: 32 bits of mark, 32 of mask).
const (
	markTarget         = "MARK"
	markTargetRevision = 2
	markTargetSize     = 8
)
