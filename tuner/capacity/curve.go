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
		c.waiting[i] = float64(p * waits(workers, p))
	}
	return c
}

// waits returns the chance that a request has to wait, by Erlang's formula.
func waits(workers int, busy float64) float64 {
	load, b := float64(float64(workers)*busy), 1.0
	for n := 1; n <= workers; n++ {
		b = float64(load*b) / (float64(n) + float64(load*b))
	}
	return b / (1 - float64(busy*(1-b)))
}

// at returns the tabulated value and its slope at a busy fraction below 1.
func (c *curve) at(busy float64) (value, slope float64) {
	i := int(busy * steps)
	slope = (c.waiting[i+1] - c.waiting[i]) * steps
	return c.waiting[i] + float64(slope*(busy-float64(i)/steps)), slope
}

// present returns how many requests are there at a busy fraction below 1.
func (c *curve) present(busy, evenness float64) float64 {
	q, _ := c.at(busy)
	return float64(c.workers*busy) + float64(evenness*q)/(1-busy)
}

// marginal returns by how many the requests that are present grow with the
// busy fraction, and by how much that grows.
func (c *curve) marginal(busy, evenness float64) (first, second float64) {
	q, slope := c.at(busy)
	left := 1 - busy
	first = c.workers + float64(evenness*(slope/left+q/float64(left*left)))
	second = 2 * evenness * (slope + q/left) / float64(left*left)
	return first, second
}

// busy returns the busy fraction at which so many requests are present.
func (c *curve) busy(present, evenness float64) float64 {
	low, high := 0.0, min(present/c.workers, 1)
	if all := present / (present + float64(evenness)); all < high && c.workers == 1 && evenness == 1 {
		return all
	}
	for range 20 {
		middle := (low + high) / 2
		if c.present(middle, evenness) < present {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
