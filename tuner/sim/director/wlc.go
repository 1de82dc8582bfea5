package director

// wlc is weighted least connection (net/netfilter/ipvs/ip_vs_wlc.c): the
// least overhead by weight.
type wlc struct{ unchanging }

func (wlc) choose(s *Service, _ key) int { return s.least(s.overhead()) }
