package director

// fo is failover (net/netfilter/ipvs/ip_vs_fo.c): the largest weight, of
// equal ones the first.
type fo struct{ unchanging }

func (fo) choose(s *Service, _ key) int {
	best, heaviest := -1, int32(0)
	for at := range s.scan[:s.listed] {
		if g := &s.scan[at]; g.weight > heaviest && !g.overloaded {
			best, heaviest = at, g.weight
		}
	}
	return best
}
