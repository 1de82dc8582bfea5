package collector

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// render returns the identities and labels of a virtual service and its real
// servers. All texts of its servers are parts of one string: each by itself
// would take more room, and time of the garbage collector.
func render(netns string, s *ipvs.VirtualService) *kept {
	head := string(appendEscaped([]byte(`{netns="`), netns)) + `",`
	id := s.ID.String()
	own := `service="` + id + `"} `
	before, after := head+`server="`, `",`+own

	texts := make([]byte, 0, len(s.Servers)*(len(before)+len("255.255.255.255:65535")+len(after)))
	ends := make([]int, len(s.Servers))
	for i := range s.Servers {
		texts = append(s.Servers[i].ID.AppendTo(append(texts, before...)), after...)
		ends[i] = len(texts)
	}
	k := &kept{identity: identity{last: id, text: head + own}, servers: make([]identity, len(s.Servers))}
	all, start := string(texts), 0
	for i, end := range ends {
		text := all[start:end]
		k.servers[i] = identity{last: text[len(before) : len(text)-len(after)], text: text}
		start = end
	}
	return k
}
