package director

// rr is round robin (net/netfilter/ipvs/ip_vs_rr.c): the next eligible server
// after the last one chosen.
type rr struct {
	last int // place; -1 is before the first
}

func (r *rr) choose(s *Service, _ key) int {
	for at := r.last + 1; at < s.listed; at++ {
		if s.scan[at].eligible() {
			r.last = at
			return at
		}
	}
	for at := 0; at <= r.last; at++ {
		if s.scan[at].eligible() {
			r.last = at
			return at
		}
	}
	return -1
}

// The place goes with its server, and back by one if that is deleted.

func (r *rr) added(*Service) {
	if r.last >= 0 {
		r.last++
	}
}

func (r *rr) deleted(_ *Service, at int) {
	if r.last >= at {
		r.last--
	}
}

func (r *rr) edited(*Service) {}
