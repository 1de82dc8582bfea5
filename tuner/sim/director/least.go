package director

// cost is what schedulers compare servers by: a sum of numbers of its
// connections.
type cost struct{ active, total, fixed int64 }

// overhead returns the cost of lc, wlc and their kin: active connections
// times the kernel's factor plus inactive ones
// (include/net/ip_vs.h:ip_vs_dest_conn_overhead).
func (s *Service) overhead() cost {
	return cost{active: int64(s.director.options.OverheadFactor) - 1, total: 1}
}

func (c cost) of(g *gauges) int64 {
	return c.active*int64(g.active) + c.total*int64(g.total) + c.fixed
}

// least returns the place of the eligible server with the least cost by
// weight, of equal ones the first; -1 for none. Products are compared, not
// quotients, so nothing is rounded.
func (s *Service) least(c cost) int {
	best, bestCost, bestWeight := -1, int64(0), int64(0)
	for at := range s.scan[:s.listed] {
		g := &s.scan[at]
		if !g.eligible() {
			continue
		}
		weight, cost := int64(g.weight), c.of(g)
		if best < 0 || bestCost*weight > cost*bestWeight {
			best, bestCost, bestWeight = at, cost, weight
		}
	}
	return best
}
