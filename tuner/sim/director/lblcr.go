package director

import (
	"slices"
	"time"
)

// lblcr is lblc with replication (net/netfilter/ipvs/ip_vs_lblcr.c): packets
// to one address go to the least loaded of a set of servers. When that is busy
// while another server is idle, the choice of wlc joins the set. A set of
// several that has not changed for a day loses its most loaded server.
type lblcr struct {
	unchanging
	sets addressCache[serverSet]
}

// serverSet are servers by number, the one that joined last first.
type serverSet struct {
	servers []uint16
	changed time.Duration
}

func (l *lblcr) choose(s *Service, k key) int {
	now, hash := s.director.now, s.hashedTo(k)
	set := l.sets.get(now, k.to, hash)
	if set != nil {
		at := s.leastOf(set.servers)
		if len(set.servers) > 1 && now-set.changed > cacheDay {
			set.shrink(s, now)
		}
		if at >= 0 && !s.busy(at) {
			return at
		}
	}
	at := s.least(s.overhead())
	switch {
	case at < 0:
	case set != nil:
		set.join(s.scan[at].number, now)
	default:
		l.sets.add(now, k.to, hash, serverSet{[]uint16{s.scan[at].number}, now})
	}
	return at
}

func (e *serverSet) join(server uint16, now time.Duration) {
	if !slices.Contains(e.servers, server) {
		e.servers = slices.Insert(e.servers, 0, server)
		e.changed = now
	}
}

// shrink removes the most loaded server, deleted ones included, of those that
// have a weight.
func (e *serverSet) shrink(s *Service, now time.Duration) {
	most, c := -1, s.overhead()
	for i, server := range e.servers {
		g := s.gauges(server)
		if g.weight > 0 && (most < 0 || c.heavier(g, s.gauges(e.servers[most]))) {
			most = i
		}
	}
	if most >= 0 {
		e.servers = slices.Delete(e.servers, most, most+1)
		e.changed = now
	}
}

// leastOf is [Service.least] among some servers.
func (s *Service) leastOf(servers []uint16) int {
	best, c := -1, s.overhead()
	for _, server := range servers {
		at := s.known[server].at
		if at >= s.listed || !s.scan[at].eligible() {
			continue
		}
		if best < 0 || c.heavier(&s.scan[best], &s.scan[at]) {
			best = at
		}
	}
	return best
}

// heavier reports whether a costs more than b by weight.
func (c cost) heavier(a, b *gauges) bool {
	return c.of(a)*int64(b.weight) > c.of(b)*int64(a.weight)
}
