package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

const (
	// alike is the standard deviation of ln capacity among servers that are
	// meant to be equal.
	alike = 0.02
	// meantEqual is the part of the servers that are taken to be, at first, and
	// how much one server more says of it: one part in mostEqual is always
	// taken to differ.
	meantEqual = 0.8
	mostEqual  = 0.95
	// leastSpread is the least variance of ln capacity among the others.
	leastSpread = 0.01
)

// compare draws what is believed of servers together as far as noise explains
// their differences (empirical Bayes, with two kinds of servers): one is taken
// for one like the others, unless it plainly is not. Then what is believed of
// its capacity and its workers is what is believed of all.
func (p *peers) compare(servers []server) {
	p.meet(servers)
	if len(p.known) < 2 {
		return
	}
	for range 3 {
		p.fit()
	}
	for k, s := range p.known {
		p.draw(&s.belief, p.off[k])
	}
}

// peers are the servers of which something is known. They keep their room from
// one use to the next.
type peers struct {
	known   []*server
	off     []float64                // by server: ln capacity less that in the middle, its workers taken as those of all
	chances [capacity.Shapes]float64 // of the numbers of workers, on average
	equal   float64                  // part of the servers
	spread  float64                  // variance of ln capacity among the others
	order   []float64
}

// meet begins with servers, in the room of those before.
func (p *peers) meet(servers []server) {
	*p = peers{known: p.known[:0], off: p.off[:0], order: p.order[:0], equal: meantEqual, spread: 1}
	for i := range servers {
		if b := &servers[i].belief; b.Known() {
			p.known = append(p.known, &servers[i])
			for k, chance := range b.Chances {
				p.chances[k] += float64(chance)
			}
		}
	}
	for k := range p.chances {
		p.chances[k] /= float64(len(p.known))
	}
	for _, s := range p.known {
		level := 0.0
		for k, mean := range s.belief.Means {
			level += float64(p.chances[k] * float64(mean))
		}
		p.off = append(p.off, level)
	}
	if len(p.off) > 0 {
		p.order = append(p.order, p.off...)
		middle := medianOf(p.order)
		for k := range p.off {
			p.off[k] -= middle
		}
	}
}

// fit brings the part of equal servers and the spread of the others nearer to
// what the servers show.
func (p *peers) fit() {
	equal, n, spread := meantEqual, 1.0, 0.2
	for k, s := range p.known {
		v := float64(s.belief.Variance)
		chance := p.isEqual(p.off[k], v)
		equal, n = equal+chance, n+1
		spread += float64((1 - chance) * (float64(p.off[k]*p.off[k]) - v))
	}
	p.equal, p.spread = min(equal/n, mostEqual), max(leastSpread, spread/(n-equal))
}

// isEqual returns the chance that a server which is off by so much is one of
// the equal ones.
func (p *peers) isEqual(off, variance float64) float64 {
	narrow, wide := variance+alike*alike, variance+p.spread
	unlike := float64(off*off) * (wide - narrow) / float64(2*narrow*wide)
	odds := float64((1 - p.equal) / p.equal * math.Sqrt(narrow/wide) * exact.Exp(min(600, unlike)))
	return 1 / (1 + odds)
}

// draw draws a belief towards that of all.
func (p *peers) draw(b *capacity.Belief, off float64) {
	v := float64(b.Variance)
	equal := p.isEqual(off, v)
	own := float64((1-equal)*p.spread/(p.spread+v)) + float64(equal*alike*alike/(alike*alike+v))
	for k := range b.Means {
		b.Means[k] -= float32(off * (1 - own))
		b.Chances[k] = float32(float64((1-equal)*float64(b.Chances[k])) + float64(equal*p.chances[k]))
	}
}
