package director

// lc is least connection (net/netfilter/ipvs/ip_vs_lc.c): the least overhead,
// of equal ones the first. Weights do not matter.
type lc struct{ unchanging }

func (lc) choose(s *Service, _ key) int {
	best, least, c := -1, int64(0), s.overhead()
	for at := range s.scan[:s.listed] {
		g := &s.scan[at]
		if !g.eligible() {
			continue
		}
		if cost := c.of(g); best < 0 || cost < least {
			best, least = at, cost
		}
	}
	return best
}
