package collector

import (
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// render returns the identities of a virtual service and its real servers. All
// texts of its servers are parts of one string: each by itself would take more
// room, and time of the garbage collector.
func render(s *ipvs.VirtualService) *kept {
	k := &kept{identity: newIdentity(s.ID.String()), servers: make([]identity, len(s.Servers))}
	k.after = `",service="` + k.last + `"} `
	texts := make([]byte, 0, len(s.Servers)*len("255.255.255.255:65535"))
	ends := make([]int, len(s.Servers))
	for i := range s.Servers {
		texts = s.Servers[i].ID.AppendTo(texts)
		ends[i] = len(texts)
	}
	all, start := string(texts), 0
	for i, end := range ends {
		k.servers[i] = newIdentity(all[start:end])
		if port := 1 + strings.LastIndexByte(all[start:end], ':'); port+portSize <= blockSize {
			k.servers[i].port = uint8(port)
		}
		start = end
	}
	return k
}

// newIdentity returns that of a service or server, whose text needs no escapes.
func newIdentity(text string) identity {
	of := identity{last: text}
	if len(text) <= len(of.block) {
		copy(of.block[:], text)
		of.size = uint8(len(text))
	}
	return of
}
