package capacity

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// workers are the numbers of workers that a real server may have. Between them
// latency grows so gradually with load that no others are told apart.
func workers() [Shapes]int { return [Shapes]int{1, 2, 4, 8, 16, 32} }

// Shapes is how many numbers of workers are reckoned with.
const Shapes = 6

// steps is how finely the curves are tabulated by the busy fraction.
const steps = 64

// Curves say how many requests are present at a server, on average, by the
// fraction of its capacity that is busy, for each number of workers:
// c·p working ones and waiting ones that grow as 1/(1-p). By Little's law that
// is the latency too. The waiting is that of M/M/c (Erlang), and less or more
// of it by the [Flow] in which requests come.
type Curves struct{ of [Shapes]curve }

// curve is that of one number of workers. What waits is tabulated times 1-p,
// which is smooth, as cubic polynomials that meet with equal slopes: so what
// one more request costs has no leaps, and where that is the same everywhere
// can be found.
type curve struct {
	workers float64
	pieces  [steps]cubic
}

// cubic is a polynomial of what a busy fraction is beyond the piece's start.
type cubic [4]float64

// NewCurves tabulates the curves.
func NewCurves() *Curves {
	var c Curves
	for i, n := range workers() {
		c.of[i] = newCurve(n)
	}
	return &c
}

func newCurve(workers int) curve {
	c := curve{workers: float64(workers)}
	value, slope := waiting(workers, 0)
	for i := range c.pieces {
		nextValue, nextSlope := waiting(workers, float64(i+1)/steps)
		rise := float64((nextValue - value) * steps)
		c.pieces[i] = cubic{value, slope, (float64(3*rise) - float64(2*slope) - nextSlope) * steps, (slope + nextSlope - float64(2*rise)) * (steps * steps)}
		value, slope = nextValue, nextSlope
	}
	return c
}

// waiting returns what waits at a busy fraction times what is left of it, and
// how that grows: the busy fraction times the chance to wait, by Erlang's formula.
func waiting(workers int, busy float64) (value, slope float64) {
	if busy == 0 {
		return 0, 0
	}
	b := chanceOfLoss(workers, busy)
	grows := float64(float64(b*(1/busy-1+b)) * float64(workers)) // db/dbusy
	left := 1 - float64(busy*(1-b))
	chance := b / left
	return float64(busy * chance), chance + float64(float64(busy*(grows-float64(chance*(float64(busy*grows)-(1-b)))))/left)
}

// chanceOfLoss returns the chance that a request finds no free worker where
// none can wait, by Erlang's other formula.
func chanceOfLoss(workers int, busy float64) float64 {
	load, b := float64(float64(workers)*busy), 1.0
	for n := 1; n <= workers; n++ {
		b = float64(load*b) / (float64(n) + float64(load*b))
	}
	return b
}

// Flow is how a scheduler hands a server its requests.
type Flow struct {
	Waiting float64 // of the waiting of requests that come by chance, the part that is left
	Damping float64 // how much less it is at low load

	// Swing is what waits besides because the requests come in runs, Fading how
	// much less it is where a queue lasts for many runs, and Lasting that where
	// these are long; see InRuns.
	Swing, Fading, Lasting float64
}

// Chance is the flow of requests that come by chance.
func Chance() Flow { return Flow{Waiting: 1} }

// Dealt is the flow of requests that come with a squared coefficient of
// variation of the times between them (Kingman; Kraemer and Langenbach-Belz
// where it is below 1).
func Dealt(variation float64) Flow {
	f := Flow{Waiting: (1 + variation) / 2}
	if variation < 1 {
		f.Damping = 2 * (1 - variation) * (1 - variation) / (3 * (1 + variation))
	}
	return f
}

// pooling is how much less waits where a server has a smaller share of the
// requests of a scheduler that goes by connections: 0 as much as by chance, 1 as
// in one queue for all servers.
const pooling = 0.2

// Pooled is the flow of requests by a scheduler that goes by connections, to a
// server that has a share of them: while many wait at it, it is given none.
func Pooled(share float64) Flow {
	return Flow{Waiting: exact.Exp(pooling * exact.Log(max(leastShare, share)))}
}

// leastShare is the least that flows are told apart by.
const leastShare = 1e-3

// at returns what waits at a busy fraction times what is left of it, its slope
// and the growth of that.
func (c *curve) at(busy float64) (waiting, slope, bend float64) {
	i := min(int(busy*steps), steps-1)
	x, p := busy-float64(float64(i)/steps), &c.pieces[i]
	square, cube := float64(x*p[2]), float64(x*x*p[3])
	return p[0] + float64(x*(p[1]+square+cube)), p[1] + float64(2*square) + float64(3*cube), 2*p[2] + float64(6*x*p[3])
}

// waits returns how many requests wait at a busy fraction below 1, and by how
// many that grows with it.
func (c *curve) waits(busy float64, f Flow) (number, growth float64) {
	q, slope, _ := c.at(busy)
	number, growth = f.waits(busy, q, slope)
	if f.Swing > 0 {
		per := 1 / (1 - busy)
		part, more := f.swings(busy)
		number += float64(part * per * q)
		growth += float64(part*per*(slope+float64(per*q))) + float64(more*per*q)
	}
	return number, growth
}

// waits is that of a curve, of which q and its slope are given, but for runs.
func (f *Flow) waits(busy, q, slope float64) (number, growth float64) {
	left := 1 - busy
	if f.Damping == 0 || busy == 0 {
		per := 1 / left
		return float64(f.Waiting * per * q), float64(f.Waiting * per * (slope + float64(per*q)))
	}
	both := 1 / float64(busy*left) // in place of a division by each
	perLeft, perBusy := float64(busy*both), float64(left*both)
	x := float64(f.Damping * left * perBusy)
	g := 1 / (1 + x + float64(x*x/2)) // about exp(-x)
	number = float64(f.Waiting * q * perLeft * g)
	growth = float64(f.Waiting*(slope+float64(q*perLeft))*perLeft*g) + float64(number*(1+x)*f.Damping*perBusy*perBusy*g)
	return number, growth
}

// present returns how many requests are there at a busy fraction below 1: as
// waits has it, with few divisions, and without what that grows by.
func (c *curve) present(busy float64, f Flow) float64 {
	if busy < 1e-100 { // of which the square is 0
		return float64(c.workers * busy)
	}
	i := min(int(busy*steps), steps-1)
	x, p := busy-float64(float64(i)/steps), &c.pieces[i]
	q := p[0] + float64(x*(p[1]+float64(x*(p[2]+float64(x*p[3])))))
	left, square := 1-busy, float64(busy*busy)
	d := float64(f.Damping * left)
	damped := square + float64(d*busy) + float64(d*d/2) // about exp(d/busy), times the square
	part := float64(f.Waiting*square) / damped
	if f.Swing > 0 {
		x := busy / float64(left*left)
		part += float64(f.Swing*x) / (1 + float64(f.Fading*x*x) + float64(f.Lasting*x*math.Sqrt(x)))
	}
	return float64(c.workers*busy) + float64(q*part)/left
}

// marginal returns by how many the requests that are present grow with the
// busy fraction.
func (c *curve) marginal(busy float64, f Flow) float64 {
	_, growth := c.waits(busy, f)
	return c.workers + growth
}

// busy returns the busy fraction at which so many requests are present, to
// 1e-7 of it and of the idle one, and how much of a change of ln present is one
// of its logarithm. Newton's method finds it from a guess above 0, on
// present/(present + workers): that is the busy fraction itself for one worker
// and chance, and else not far from a straight line.
func (c *curve) busy(present float64, f Flow) (busy, slope float64) {
	return c.busyNear(present/(c.workers+float64(present/2)), present, f)
}

func (c *curve) busyNear(guess, present float64, f Flow) (busy, slope float64) {
	const near, most = 1e-4, 1 - 1e-9 // near enough for one more step to do
	const room = 1 + 1e-6             // where next to nothing waits, what is sought is the bound
	present = min(present, 1e12)      // of which more would say no more
	low, high := 0.0, min(room*present/c.workers, most)
	if busy = min(guess, high); !(busy > low) {
		busy = high / 2
	}
	moved := high // by the step before
	for range 30 {
		waiting, growth := c.waits(busy, f)
		n := float64(c.workers*busy) + waiting
		growth += c.workers
		if n < present {
			low = busy
		} else {
			high = busy
		}
		step := (present - n) * (n + c.workers) / float64((present+c.workers)*growth)
		if math.Abs(step) < float64(near*min(busy, 1-busy)) {
			return min(busy+step, most), min(1, present/float64(busy*growth))
		}
		if next := busy + step; next < low || next > high || math.Abs(step) > moved/2 {
			step = float64((low+high)/2) - busy
		}
		busy, moved = busy+step, math.Abs(step)
	}
	return busy, min(1, present/float64(busy*c.marginal(busy, f)))
}

// bend returns the marginal and by how much it grows, above 0; of a flow that
// is damped, about that.
func (c *curve) bend(busy float64, f Flow) (first, second float64) {
	q, slope, bend := c.at(busy)
	per := 1 / (1 - busy)
	growth := float64(per * (slope + float64(per*q)))
	second = float64(f.Waiting * per * (bend + float64(2*growth)))
	return c.workers + float64(f.Waiting*growth), max(1e-3*c.workers, second)
}
