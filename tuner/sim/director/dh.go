package director

// dh hashes the address that the packet goes to (net/netfilter/ipvs/ip_vs_dh.c).
// The servers stand in 256 buckets by turns, whatever their weight. A bucket
// whose server is not eligible serves nobody.
type dh struct {
	buckets [256]uint16 // numbers of servers
}

func (h *dh) choose(s *Service, k key) int {
	if s.listed == 0 {
		return -1
	}
	at := s.known[h.buckets[hash32(k.to.fold(s.id.Family()), 8)]].at
	if !s.scan[at].eligible() {
		return -1
	}
	return at
}

func (h *dh) added(s *Service)          { h.deal(s) }
func (h *dh) deleted(s *Service, _ int) { h.deal(s) }
func (h *dh) edited(*Service)           {}

func (h *dh) deal(s *Service) {
	if s.listed == 0 {
		return
	}
	for i := range h.buckets {
		h.buckets[i] = s.scan[i%s.listed].number
	}
}
