package capacity

import "math"

const (
	rounds   = 60   // of Newton's method, at most
	balanced = 1e-4 // of the total that a round moves, or is off by, at the end
)

// Allot sets the rates, which it is given a first guess of, to those at which
// the fewest requests are present: each within its bounds, in sum the total,
// and otherwise so that one more request costs the same everywhere
// (water-filling). Newton's method finds them.
func Allot(servers []Server, rates []float64, total float64) {
	a := allotment{servers: servers, rates: rates, total: total}
	n := len(rates)
	a.first, a.second, a.next, a.beyond = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	a.held = make([]bool, n)
	for i := range rates {
		rates[i] = min(max(rates[i], servers[i].Low), servers[i].High)
	}
	for range rounds {
		if a.step() <= float64(balanced*total) {
			return
		}
	}
}

type allotment struct {
	servers       []Server
	rates         []float64
	total         float64
	first, second []float64 // of the requests present, by the rate
	next          []float64 // rates after the step
	beyond        []float64 // where the level drives them, above that
	held          []bool    // where they are next
}

// step makes one step and returns how much it moved and is off.
func (a *allotment) step() float64 {
	for i := range a.servers {
		a.first[i], a.second[i] = a.servers[i].marginal(a.rates[i] + a.servers[i].Backlog)
		a.held[i] = false
	}
	for again := true; again; {
		again = a.hold(a.aim(a.level()))
	}
	moved, sum := 0.0, 0.0
	for i, next := range a.next {
		moved += math.Abs(next - a.rates[i])
		a.rates[i] = next
		sum += next
	}
	return moved + math.Abs(sum-a.total)
}

// level returns what one more request is to cost at all servers that are not
// held for the rates to make the total.
func (a *allotment) level() float64 {
	costs, softness := a.total, 0.0
	for i := range a.servers {
		if a.held[i] {
			costs -= a.next[i]
			continue
		}
		costs += a.first[i]/a.second[i] - a.rates[i]
		softness += 1 / a.second[i]
	}
	return costs / softness
}

// aim has the servers that are not held go where the level drives them, as far
// as they may, and returns by how much some stay above that, and others below.
func (a *allotment) aim(level float64) (above, below float64) {
	for i := range a.servers {
		if a.held[i] {
			continue
		}
		next := a.rates[i] + (level-a.first[i])/a.second[i]
		a.next[i] = a.within(i, next)
		a.beyond[i] = next - a.next[i]
		above, below = above+max(0, -a.beyond[i]), below+max(0, a.beyond[i])
	}
	return above, below
}

// within returns the rate as near as a step may come to it. It halves or adds
// half at most: the curve bends beyond what its slope tells.
func (a *allotment) within(i int, next float64) float64 {
	s, rate := &a.servers[i], a.rates[i]
	next = min(max(next, rate/2), float64(1.5*rate)+float64(1e-3*a.total))
	return min(max(next, s.Low), s.High)
}

// hold holds the servers that stay above where the level drives them, or those
// that stay below, whichever is more: the level moves away from them by that
// (Bitran and Hax). It reports whether there are any.
func (a *allotment) hold(above, below float64) (any bool) {
	for i, d := range a.beyond {
		if !a.held[i] && (d < 0 && above >= below || d > 0 && below >= above) {
			a.held[i], any = true, true
		}
	}
	return any
}
