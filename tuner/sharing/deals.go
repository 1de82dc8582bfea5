package sharing

// Deal is how wrr deals a server its connections. The zero Deal is that of a
// quiescent one.
type Deal struct {
	Share float64 // of all connections; from cycle to cycle, their number varies by this part of what chance does
	Bunch float64 // variance of the share within a cycle: what it is in one phase and another
	Ahead float64 // variance of how many connections the server is ahead of that share within a cycle
}

// Deals returns how wrr deals each server its connections. Equal weights have
// the same deal, so there is one for each level of weight, and of tells each
// server's. Both are good until the next call.
//
// wrr lowers a level from the largest weight by the common divisor, and at each
// level takes all servers of that weight and more in turn
// (net/netfilter/ipvs/ip_vs_wrr.c). So a cycle has phases: in each the n servers
// of one weight and more have a share of 1/n. Up to its first a server falls
// behind, and then it gets ahead again.
func (e *Evenness) Deals(weights []uint32) (deals []Deal, of []int32) {
	e.sort(weights)
	none := len(e.levels) - 1
	e.deals = append(e.deals[:0], make([]Deal, none+1)...)
	servers, cycle := 0.0, 0.0
	for _, l := range e.levels[:none] {
		servers += l.servers
		cycle += float64(l.weight * l.servers)
	}
	p := phases{cycle: cycle, top: e.levels[0].weight, begin: cycle}
	for k := none - 1; k >= 0; k-- {
		p.add(e.levels[k].weight, e.levels[k].weight-e.levels[k+1].weight, servers)
		e.deals[k] = p.deal(e.levels[k].weight)
		servers -= e.levels[k].servers
	}
	return e.deals, e.of
}

// phases are the last ones of a cycle: from where they begin on, integrals over
// the connections t, of the rounds r up to there, and of products.
type phases struct {
	cycle, top, begin float64
	shares            float64 // of the square of the share
	t, r, tt, rt, rr  float64
}

// add takes in the phase before: its rounds, down from a level, of so many servers.
func (p *phases) add(level, rounds, servers float64) {
	length := float64(rounds * servers)
	t, r := p.begin-float64(length/2), p.top-level+float64(rounds/2) // in its middle
	p.begin -= length
	p.shares += rounds / servers
	p.t += float64(length * t)
	p.r += float64(length * r)
	p.tt += float64(length * (float64(t*t) + float64(length*length/12)))
	p.rt += float64(length * (float64(r*t) + float64(rounds*length/12)))
	p.rr += float64(length * (float64(r*r) + float64(rounds*rounds/12)))
}

// deal returns that of the servers whose first phase was the last to be added.
func (p *phases) deal(weight float64) Deal {
	share, before, left := weight/p.cycle, p.top-weight, p.cycle-p.begin
	mean := p.r - float64(before*left) - float64(share*(p.t+float64(p.begin*p.begin/2)))
	square := p.rr + float64(before*(float64(before*left)-float64(2*p.r))) +
		float64(share*(float64(share*(p.tt+float64(p.begin*p.begin*p.begin/3)))-float64(2*p.rt)+float64(2*before*p.t)))
	mean, square = mean/p.cycle, square/p.cycle
	return Deal{share, max(0, p.shares/p.cycle-float64(share*share)), max(0, square-float64(mean*mean))}
}
