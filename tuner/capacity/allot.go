package capacity

import (
	"math"
	"slices"
)

const (
	rounds   = 60   // of Newton's method, at most
	balanced = 1e-4 // of the total that a round moves, or is off by, at the end
)

// Allotment keeps the room of one for the next.
type Allotment struct {
	servers []*Server
	rates   []float64
	total   float64
	places  []place
}

// Allot sets the rates, which it is given a first guess of, to those at which
// the fewest requests are present: each within its bounds, in sum the total,
// and otherwise so that one more request costs the same everywhere
// (water-filling). Newton's method finds them.
func (a *Allotment) Allot(servers []*Server, rates []float64, total float64) {
	a.servers, a.rates, a.total = servers, rates, total
	a.places = slices.Grow(a.places[:0], len(rates))[:len(rates)]
	for i := range rates {
		rates[i] = min(max(rates[i], servers[i].Low), servers[i].High)
	}
	for range rounds {
		if a.step() <= float64(balanced*total) {
			return
		}
	}
}

// place is where a server is in a step.
type place struct {
	first, second float64 // of the requests present, by the rate
	next          float64 // rate after the step
	beyond        float64 // where the level drives it, above that
	held          bool    // where it is next
}

// step makes one step and returns how much it moved and is off.
func (a *Allotment) step() float64 {
	for i := range a.servers {
		p := &a.places[i]
		p.first, p.second = a.servers[i].marginal(a.rates[i] + a.servers[i].Backlog)
		p.held = false
	}
	for again := true; again; {
		again = a.hold(a.aim(a.level()))
	}
	moved, sum := 0.0, 0.0
	for i := range a.places {
		next := a.places[i].next
		moved += math.Abs(next - a.rates[i])
		a.rates[i] = next
		sum += next
	}
	return moved + math.Abs(sum-a.total)
}

// level returns what one more request is to cost at all servers that are not
// held for the rates to make the total.
func (a *Allotment) level() float64 {
	costs, softness := a.total, 0.0
	for i := range a.places {
		p := &a.places[i]
		if p.held {
			costs -= p.next
			continue
		}
		per := 1 / p.second
		costs += float64(p.first*per) - a.rates[i]
		softness += per
	}
	return costs / softness
}

// aim has the servers that are not held go where the level drives them, as far
// as they may, and returns by how much some stay above that, and others below.
func (a *Allotment) aim(level float64) (above, below float64) {
	for i := range a.places {
		p := &a.places[i]
		if p.held {
			continue
		}
		next := a.rates[i] + (level-p.first)/p.second
		p.next = a.within(i, next)
		p.beyond = next - p.next
		above, below = above+max(0, -p.beyond), below+max(0, p.beyond)
	}
	return above, below
}

// within returns the rate as near as a step may come to it. It halves or adds
// half at most: the curve bends beyond what its slope tells.
func (a *Allotment) within(i int, next float64) float64 {
	s, rate := a.servers[i], a.rates[i]
	next = min(max(next, rate/2), float64(1.5*rate)+float64(1e-3*a.total))
	return min(max(next, s.Low), s.High)
}

// hold holds the servers that stay above where the level drives them, or those
// that stay below, whichever is more: the level moves away from them by that
// (Bitran and Hax). It reports whether there are any.
func (a *Allotment) hold(above, below float64) (any bool) {
	for i := range a.places {
		p := &a.places[i]
		if d := p.beyond; !p.held && (d < 0 && above >= below || d > 0 && below >= above) {
			p.held, any = true, true
		}
	}
	return any
}
