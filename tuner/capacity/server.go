package capacity

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// caution is by how many standard deviations a server is taken to bear
	// less than is believed: too much load costs more than too little.
	caution = 0.5
	// full is the busy fraction from which on a curve goes on as a parabola:
	// what it says of a steady state does not come to pass in a few periods.
	full = 0.98
	// unlikely is the chance below which a number of workers is left out, and
	// hardly that below which it is for what a server is sure to bear: one that is
	// taken for what it is not passes for many times as fast at low load.
	unlikely = 0.02
	hardly   = 0.005
	// leastSpare is which part of its capacity a server has to spare at least: what
	// is more than the rest is there for a while only.
	leastSpare = 0.1
)

// Server is a real server to which requests are allotted.
type Server struct {
	Low, High float64 // bounds of its rate, in requests per second
	Backlog   float64 // requests per second that it is to work off besides
	Pool      float64 // requests per second of all servers, where the scheduler goes by connections; 0 is it does not

	cases [Shapes]guess
	n     int
	sure  float64 // the least capacity that it may well have
}

// guess is a number of workers and the capacity that goes with it.
type guess struct {
	chance, capacity float64
	per              float64 // 1/capacity
	curve            *curve
}

// NewServer returns the server of a belief, which is to know something.
func (c *Curves) NewServer(b Belief) Server {
	s, sum, least := Server{}, 0.0, float32(most)
	less := float64(caution * math.Sqrt(float64(b.Variance)))
	for i, p := range b.Chances {
		if p >= hardly {
			least = min(least, b.Means[i])
		}
		if p >= unlikely {
			bears := exact.Exp(float64(b.Means[i]) - less)
			s.cases[s.n] = guess{float64(p), bears, 1 / bears, &c.of[i]}
			s.n++
			sum += float64(p)
		}
	}
	for i := range s.cases[:s.n] {
		s.cases[i].chance /= sum
	}
	s.sure = exact.Exp(float64(least) - less)
	return s
}

// Present returns how many requests are there on average at a rate.
func (s *Server) Present(f Flow, rate float64) float64 {
	sum := 0.0
	for i := range s.cases[:s.n] {
		g := &s.cases[i]
		busy, over := g.busy(rate)
		n := g.curve.present(busy, f)
		if over > 0 {
			first, second := g.curve.bend(busy, f)
			n += float64(over * (first + float64(over*second/2)))
		}
		sum += float64(g.chance * n)
	}
	return sum
}

// Typical returns how many requests are there at a rate: the harmonic mean over
// the numbers of workers, which a small chance of being overrun hardly moves.
func (s *Server) Typical(rate float64) float64 {
	sum, flow := 0.0, s.flow(rate)
	for i := range s.cases[:s.n] {
		g := &s.cases[i]
		busy, _ := g.busy(rate)
		sum += g.chance / g.curve.present(busy, flow)
	}
	return 1 / sum
}

// flow returns that of requests at a rate, before it is known how they are dealt.
func (s *Server) flow(rate float64) Flow {
	if s.Pool > 0 {
		return Pooled(rate / s.Pool)
	}
	return Chance()
}

// Spare returns the requests per second that the server bears beyond a rate, in
// each case a tenth of its capacity at least: the harmonic mean, since how long
// it takes to work something off goes by the inverse.
func (s *Server) Spare(rate float64) float64 {
	sum := 0.0
	for i := range s.cases[:s.n] {
		g := &s.cases[i]
		sum += g.chance / max(float64(leastSpare*g.capacity), g.capacity-rate)
	}
	return 1 / sum
}

// marginal returns by how many the requests that are present grow with the
// rate, by a flow that is taken to stay, and by how much that grows.
func (s *Server) marginal(rate float64) (first, second float64) {
	flow := s.flow(rate)
	for i := range s.cases[:s.n] {
		g := &s.cases[i]
		busy, over := g.busy(rate)
		a, b := g.curve.bend(busy, flow)
		first += float64(g.chance * (a + float64(over*b)) * g.per)
		second += float64(g.chance * b * g.per * g.per)
	}
	return first, second
}

// busy returns the busy fraction at a rate, and what it is over a full one.
func (g *guess) busy(rate float64) (busy, over float64) {
	busy = float64(rate * g.per)
	return min(busy, full), max(0, busy-full)
}

// Bears returns the rate that the server is sure to bear: at which the least
// capacity that it may well have is busy to this fraction.
func (s *Server) Bears(busy float64) float64 { return float64(busy * s.sure) }
