package collector

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// fingerprints hashes which services and servers there are, and the same
// with the servers' weights. Entries are hashed one by one and the hashes
// added up, so that their order does not matter. A float64 holds the upper
// 53 bits exactly.
func fingerprints(t *ipvs.Table) (membership, weights float64) {
	var members, weighted uint64
	for i := range t.Services {
		s := &t.Services[i]
		id := s.ID.String()
		members += xxhash.Sum64String(id)
		for j := range s.Servers {
			entry := id + " " + s.Servers[j].ID.String()
			members += xxhash.Sum64String(entry)
			weighted += xxhash.Sum64String(entry + " " + strconv.FormatUint(uint64(s.Servers[j].Weight), 10))
		}
	}
	const unused = 64 - 53
	return float64(members >> unused), float64((members + weighted) >> unused)
}
