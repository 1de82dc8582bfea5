package names

import (
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Mismatch returns how many addresses only one side has: the resolved ones,
// or the real servers that get new connections (weight above 0).
func Mismatch(resolved []netip.Addr, servers []ipvs.RealServer) int {
	const inDNS, inTable = 1, 2
	sides := make(map[netip.Addr]int, len(resolved))
	for _, a := range resolved {
		sides[a] |= inDNS
	}
	for i := range servers {
		if servers[i].Weight > 0 {
			sides[servers[i].ID.Addr()] |= inTable
		}
	}
	different := 0
	for _, side := range sides {
		if side != inDNS|inTable {
			different++
		}
	}
	return different
}
