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
	a.first, a.second = make([]float64, len(rates)), make([]float64, len(rates))
	a.held = make([]bool, len(rates))
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
	held          []bool    // at a bound, and would go beyond
}

// step makes one step and returns how much it moved and is off.
func (a *allotment) step() float64 {
	sum := 0.0
	for i := range a.servers {
		a.first[i], a.second[i] = a.servers[i].marginal(a.rates[i] + a.servers[i].Backlog)
		a.held[i] = false
		sum += a.rates[i]
	}
	level := a.level(a.total - sum)
	moved, sum := 0.0, 0.0
	for i := range a.servers {
		if !a.held[i] {
			next := a.next(i, level)
			moved += math.Abs(next - a.rates[i])
			a.rates[i] = next
		}
		sum += a.rates[i]
	}
	return moved + math.Abs(sum-a.total)
}

// level returns what one more request is to cost everywhere for the rates to
// grow by what is missing, and holds those that cannot.
func (a *allotment) level(missing float64) float64 {
	for {
		costs, softness := missing, 0.0
		for i := range a.servers {
			if !a.held[i] {
				costs += a.first[i] / a.second[i]
				softness += 1 / a.second[i]
			}
		}
		if softness == 0 {
			return 0
		}
		level, again := costs/softness, false
		for i := range a.servers {
			if !a.held[i] && a.stuck(i, level) {
				a.held[i], again = true, true
			}
		}
		if !again {
			return level
		}
	}
}

// stuck reports whether a server is at the bound that the level drives it to.
func (a *allotment) stuck(i int, level float64) bool {
	s, rate := &a.servers[i], a.rates[i]
	return rate <= s.Low && a.first[i] > level || rate >= s.High && a.first[i] < level
}

// next returns the rate after a step, which halves or adds half at most: the
// curve bends beyond what its slope tells.
func (a *allotment) next(i int, level float64) float64 {
	s, rate := &a.servers[i], a.rates[i]
	next := rate + (level-a.first[i])/a.second[i]
	next = min(max(next, rate/2), float64(1.5*rate)+float64(1e-3*a.total))
	return min(max(next, s.Low), s.High)
}
