package director

// nq is never queue (net/netfilter/ipvs/ip_vs_nq.c): the first server without
// active connections, and as sed where all have some.
type nq struct{ sed }

func (n nq) choose(s *Service, k key) int {
	for at := range s.scan[:s.listed] {
		if g := &s.scan[at]; g.active == 0 && g.eligible() {
			return at
		}
	}
	return n.sed.choose(s, k)
}
