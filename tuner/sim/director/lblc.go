package director

// lblc is locality-based least connection (net/netfilter/ipvs/ip_vs_lblc.c):
// packets to one address go to one server, chosen as by wlc, as long as it is
// available, has a weight, and is not busy while another is idle. Its being
// overloaded does not matter.
type lblc struct {
	unchanging
	servers addressCache[uint16]
}

func (l *lblc) choose(s *Service, k key) int {
	now, hash := s.director.now, s.hashedTo(k)
	known := l.servers.get(now, k.to, hash)
	if known != nil {
		at := s.known[*known].at
		if at < s.listed && s.scan[at].weight > 0 && !s.busy(at) {
			return at
		}
	}
	at := s.least(s.overhead())
	switch {
	case at < 0:
	case known != nil:
		*known = s.scan[at].number
	default:
		l.servers.add(now, k.to, hash, s.scan[at].number)
	}
	return at
}

// hashedTo is the bucket of the address that a packet goes to.
func (s *Service) hashedTo(k key) uint32 { return hash32(k.to.fold(s.id.Family()), 10) }

// busy reports whether a server has more active connections than its weight
// while another has fewer than half its own.
func (s *Service) busy(at int) bool {
	if s.scan[at].active <= s.scan[at].weight {
		return false
	}
	for i := range s.scan[:s.listed] {
		if g := &s.scan[i]; 2*g.active < g.weight {
			return true
		}
	}
	return false
}
