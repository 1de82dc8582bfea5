package capacity

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

// waits returns how many requests wait at a busy fraction, and by how many
// that grows with it: Erlang's number times (1+variation)/2 (Kingman), and less
// than that at low load (Kraemer and Langenbach-Belz), where arrivals vary less
// than by chance.
func (c *curve) waits(busy, variation float64) (number, growth float64) {
	i := int(busy * steps)
	slope := (c.waiting[i+1] - c.waiting[i]) * steps
	q := c.waiting[i] + float64(slope*(busy-float64(i)/steps))
	left, e := 1-busy, (1+variation)/2
	number = e * q / left
	growth = float64(e*(slope+q/left)) / left
	if variation < 1 && busy > 0 {
		k := 2 * (1 - variation) * (1 - variation) / (3 * (1 + variation))
		x := float64(k * left / busy)
		g := 1 / (1 + x + float64(x*x/2)) // about exp(-x)
		growth = float64(growth*g) + float64(number*(1+x)*k/(busy*busy)*g*g)
		number *= g
	}
	return number, growth
}

// present returns how many requests are there at a busy fraction below 1.
func (c *curve) present(busy, variation float64) float64 {
	n, _ := c.waits(busy, variation)
	return float64(c.workers*busy) + n
}

// marginal returns by how many the requests that are present grow with the
// busy fraction.
func (c *curve) marginal(busy, variation float64) float64 {
	_, growth := c.waits(busy, variation)
	return c.workers + growth
}

// busy returns the busy fraction at which so many requests are present, and
// how much of a change of ln present is one of its logarithm.
func (c *curve) busy(present, variation float64) (busy, slope float64) {
	low, high := 0.0, min(present/c.workers, 1)
	for range 20 {
		middle := (low + high) / 2
		if c.present(middle, variation) < present {
			low = middle
		} else {
			high = middle
		}
	}
	return high, min(1, present/float64(high*c.marginal(low, variation)))
}

// bend returns the marginal and by how much it grows, above 0.
func (c *curve) bend(busy, variation float64) (first, second float64) {
	h := float64(0.02 * (1 - busy))
	first = c.marginal(busy, variation)
	return first, max(1e-3*c.workers, (c.marginal(busy+h, variation)-first)/h)
}
