package director

// sed is shortest expected delay (net/netfilter/ipvs/ip_vs_sed.c): the least
// number of active connections by weight, the new one included.
type sed struct{ unchanging }

func (sed) choose(s *Service, _ key) int { return s.least(cost{active: 1, fixed: 1}) }
