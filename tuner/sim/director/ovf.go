package director

// ovf is overflow (net/netfilter/ipvs/ip_vs_ovf.c): the largest weight of
// those servers that have no more active connections than their weight, of
// equal ones the first. There is none when all have more.
type ovf struct{ unchanging }

func (ovf) choose(s *Service, _ key) int {
	best, heaviest := -1, int32(0)
	for at := range s.scan[:s.listed] {
		if g := &s.scan[at]; g.weight > heaviest && g.active <= g.weight && !g.overloaded {
			best, heaviest = at, g.weight
		}
	}
	return best
}
