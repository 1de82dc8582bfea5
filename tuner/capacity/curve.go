package capacity

import "math"

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
// is the latency too. The waiting is that of M/M/c (Erlang); where requests
// come more evenly than by chance there is less of it, in proportion to an
// evenness, (1 + the squared coefficient of variation of their distances)/2
// (Kingman's approximation), 1 by chance.
type Curves struct{ of [Shapes]curve }

// curve is that of one number of workers. What waits is tabulated times 1-p,
// which is smooth.
type curve struct {
	workers float64
	waiting [steps + 2]float64
}

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
	for i := range c.waiting {
		p := min(1, float64(i)/steps)
		c.waiting[i] = float64(p * chanceToWait(workers, p))
	}
	return c
}

// chanceToWait returns the chance that a request has to wait, by Erlang's formula.
func chanceToWait(workers int, busy float64) float64 {
	load, b := float64(float64(workers)*busy), 1.0
	for n := 1; n <= workers; n++ {
		b = float64(load*b) / (float64(n) + float64(load*b))
	}
	return b / (1 - float64(busy*(1-b)))
}

// Flow is how a scheduler hands a server its requests.
type Flow struct {
	Waiting float64 // of the waiting of requests that come by chance, the part that is left
	Damping float64 // how much less it is at low load
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

// waits returns how many requests wait at a busy fraction, and by how many
// that grows with it.
func (c *curve) waits(busy float64, f Flow) (number, growth float64) {
	i := int(busy * steps)
	slope := (c.waiting[i+1] - c.waiting[i]) * steps
	q := c.waiting[i] + float64(slope*(busy-float64(i)/steps))
	left := 1 - busy
	if f.Damping == 0 || busy == 0 {
		per := f.Waiting / left
		return per * q, float64(per * (slope + q/left))
	}
	both := 1 / float64(busy*left) // in place of a division by each
	perLeft, perBusy := float64(busy*both), float64(left*both)
	x := float64(f.Damping * left * perBusy)
	g := 1 / (1 + x + float64(x*x/2)) // about exp(-x)
	number = float64(f.Waiting * q * perLeft * g)
	growth = float64(f.Waiting*(slope+float64(q*perLeft))*perLeft*g) + float64(number*(1+x)*f.Damping*perBusy*perBusy*g)
	return number, growth
}

// present returns how many requests are there at a busy fraction below 1.
func (c *curve) present(busy float64, f Flow) float64 {
	n, _ := c.waits(busy, f)
	return float64(c.workers*busy) + n
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
func (c *curve) busy(present float64, f Flow, guess float64) (busy, slope float64) {
	const near, most = 1e-4, 1 - 1e-9 // near enough for one more step to do
	present = min(present, 1e12)
	low, high := 0.0, min(present/c.workers, most)
	busy = min(guess, high)
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
		if busy += step; busy < low || busy > high || math.Abs(step) > (high-low)/2 {
			busy = (low + high) / 2
		}
	}
	return busy, min(1, present/float64(busy*c.marginal(busy, f)))
}

// guess returns about the busy fraction at which so many requests are present.
func (c *curve) guess(present float64) float64 {
	return present / (c.workers + present/2)
}

// bend returns the marginal and by how much it grows, above 0.
func (c *curve) bend(busy float64, f Flow) (first, second float64) {
	h := float64(0.02 * (1 - busy))
	first = c.marginal(busy, f)
	return first, max(1e-3*c.workers, (c.marginal(busy+h, f)-first)/h)
}
