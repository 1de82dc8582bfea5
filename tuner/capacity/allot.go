package capacity

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// caution is by how many standard deviations a server is taken to bear
	// less than is believed: too much load costs more than too little.
	caution = 0.5
	// full is the busy fraction from which on a curve goes on straight: what
	// it says of a steady state does not come to pass in a few periods.
	full = 0.98
	// unlikely is the chance below which a number of workers is left out.
	unlikely = 0.02
)

// Server is a real server to which requests are allotted.
type Server struct {
	Low, High float64 // bounds of its rate
	Backlog   float64 // requests per second that it is to work off besides

	cases [Shapes]guess
	n     int
}

// guess is a number of workers and the capacity that it goes with.
type guess struct {
	chance, capacity float64
	curve            *curve
	flow             Flow
}

// NewServer returns the server of a belief.
func (c *Curves) NewServer(b Belief, flow Flow) Server {
	s := Server{}
	off := float64(caution * math.Sqrt(float64(b.Variance)))
	sum := 0.0
	for i, p := range b.Chances {
		if p < unlikely {
			continue
		}
		s.cases[s.n] = guess{float64(p), exact.Exp(float64(b.Means[i]) - off), &c.of[i], flow}
		s.n++
		sum += float64(p)
	}
	for i := range s.cases[:s.n] {
		s.cases[i].chance /= sum
	}
	return s
}

// Present returns how many requests are there on average at a rate.
func (s *Server) Present(rate float64) float64 {
	sum := 0.0
	for i := range s.cases[:s.n] {
		g := &s.cases[i]
		p := rate / g.capacity
		over := max(0, p-full)
		n := g.curve.present(p-over, g.flow)
		if over > 0 {
			first, second := g.curve.bend(full, g.flow)
			n += float64(over * (first + float64(over*second/2)))
		}
		sum += float64(g.chance * n)
	}
	return sum
}

// With returns the same for another flow.
func (s *Server) With(flow Flow, rate float64) float64 {
	for i := range s.cases[:s.n] {
		s.cases[i].flow = flow
	}
	return s.Present(rate)
}

// Marginal returns by how many requests the present ones grow with the rate,
// and by how much that grows.
func (s *Server) Marginal(rate float64) (first, second float64) {
	for i := range s.cases[:s.n] {
		g := &s.cases[i]
		p := rate / g.capacity
		over := max(0, p-full)
		a, b := g.curve.bend(p-over, g.flow)
		a += float64(over * b)
		first += float64(g.chance*a) / g.capacity
		second += float64(g.chance*b) / float64(g.capacity*g.capacity)
	}
	return first, second
}

// Allot returns the rates, each within its bounds, that sum to the total and
// at which the fewest requests are present: those at which one more request
// costs the same everywhere (water-filling), by Newton's method.
func Allot(servers []Server, rates []float64, total float64) {
	const rounds = 60
	for range rounds {
		if !balance(servers, rates, total) {
			return
		}
	}
}

// balance makes one step, and reports whether it changed anything.
func balance(servers []Server, rates []float64, total float64) bool {
	sum, level, softness := 0.0, 0.0, 0.0
	first, second := make([]float64, len(rates)), make([]float64, len(rates))
	for i := range servers {
		first[i], second[i] = servers[i].Marginal(rates[i] + servers[i].Backlog)
		sum += rates[i]
	}
	fixed := func(i int, level float64) bool {
		s := &servers[i]
		return rates[i] <= s.Low && first[i] > level || rates[i] >= s.High && first[i] < level
	}
	held := make([]bool, len(rates))
	for range 5 {
		level, softness = total-sum, 0
		for i := range servers {
			if !held[i] {
				level += first[i] / second[i]
				softness += 1 / second[i]
			}
		}
		if softness == 0 {
			return false
		}
		level /= softness
		again := false
		for i := range servers {
			if !held[i] && fixed(i, level) {
				held[i], again = true, true
			}
		}
		if !again {
			break
		}
	}
	moved := 0.0
	for i := range servers {
		if held[i] {
			continue
		}
		s := &servers[i]
		next := rates[i] + (level-first[i])/second[i]
		next = min(max(next, 0.5*rates[i]), 1.5*rates[i]+1e-9*total)
		next = min(max(next, s.Low), s.High)
		d := next - rates[i]
		if d < 0 {
			d = -d
		}
		moved += d
		rates[i] = next
	}
	after := 0.0
	for _, r := range rates {
		after += r
	}
	return moved+abs(after-total) > 1e-4*total
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// Bears returns the rate that the server is sure to bear: at which the least
// capacity that it may well have is busy to this fraction.
func (s *Server) Bears(busy float64) float64 {
	least := math.Inf(1)
	for _, g := range s.cases[:s.n] {
		least = min(least, g.capacity)
	}
	return busy * least
}
