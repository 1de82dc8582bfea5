package collector

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// fingerprint is a sum of hashes, one of each entry of a table, so that their
// order does not matter.
type fingerprint struct {
	members uint64 // of which services and servers there are
	weights uint64 // of servers with their weights
}

// fingerprintOf hashes a virtual service and its servers. kept has their
// identities.
func fingerprintOf(s *ipvs.VirtualService, kept *kept) fingerprint {
	f := fingerprint{members: xxhash.Sum64String(kept.last)}
	entry := append([]byte(kept.last), ' ')
	start := len(entry)
	for i := range s.Servers {
		entry = append(entry[:start], kept.servers[i].last...)
		f.members += xxhash.Sum64(entry)
		entry = strconv.AppendUint(append(entry, ' '), uint64(s.Servers[i].Weight), 10)
		f.weights += xxhash.Sum64(entry)
	}
	return f
}

func (f *fingerprint) add(other fingerprint) {
	f.members += other.members
	f.weights += other.weights
}

// values returns the hash of which services and servers there are, and that
// with the servers' weights. A float64 holds the upper 53 bits exactly.
func (f fingerprint) values() (membership, weights float64) {
	const unused = 64 - 53
	return float64(f.members >> unused), float64((f.members + f.weights) >> unused)
}
