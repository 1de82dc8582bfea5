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
	f := fingerprint{members: xxhash.Sum64String(kept.id)}
	entry := append([]byte(kept.id), ' ')
	start := len(entry)
	for i := range s.Servers {
		entry = append(entry[:start], kept.servers[i].id...)
		f.members += xxhash.Sum64(entry)
		entry = strconv.AppendUint(append(entry, ' '), uint64(s.Servers[i].Weight), 10)
		f.weights += xxhash.Sum64(entry)
	}
	return f
}

// fingerprints hashes which services and servers there are, and the same with
// the servers' weights. A float64 holds the upper 53 bits exactly.
func (t *tableRead) fingerprints() (membership, weights float64) {
	var sum fingerprint
	for i := range t.services {
		f := &t.services[i].fingerprint
		sum.members += f.members
		sum.weights += f.weights
	}
	const unused = 64 - 53
	return float64(sum.members >> unused), float64((sum.members + sum.weights) >> unused)
}
