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
// which is smooth: between two places as the cubic that has its values and its
// slopes there, since what costs least is found by where slopes are equal.
type curve struct {
	workers float64
	waiting [steps]cubic
}

// cubic holds the coefficients of a polynomial, from that of 1 up.
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
	const h = 1e-5
	c := curve{workers: float64(workers)}
	at := func(p float64) (value, slope float64) {
		f := func(p float64) float64 { return float64(p * chanceToWait(workers, p)) }
		return f(p), (f(p+h) - f(p-h)) / (2 * h * steps)
	}
	for i := range c.waiting {
		q, slope := at(float64(i) / steps)
		end, last := at(float64(i+1) / steps)
		rise := end - q
		c.waiting[i] = cubic{q, slope, float64(3*rise) - float64(2*slope) - last, slope + last - float64(2*rise)}
	}
	return c
}

// at returns the value and the slope.
func (c *cubic) at(x float64) (value, slope float64) {
	value = c[0] + float64(x*(c[1]+float64(x*(c[2]+float64(x*c[3])))))
	slope = c[1] + float64(x*(float64(2*c[2])+float64(3*x*c[3])))
	return value, slope
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
	q, slope := c.waiting[i].at(float64(busy*steps) - float64(i))
	slope *= steps
	left := 1 - busy
	number = f.Waiting * q / left
	growth = float64(f.Waiting*(slope+q/left)) / left
	if f.Damping > 0 && busy > 0 {
		x := f.Damping * left / busy
		g := 1 / (1 + x + float64(x*x/2)) // about exp(-x)
		growth = float64(growth*g) + float64(number*(1+x)*f.Damping/(busy*busy)*g*g)
		number *= g
	}
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

// busy returns the busy fraction at which so many requests are present, and
// how much of a change of ln present is one of its logarithm.
func (c *curve) busy(present float64, f Flow) (busy, slope float64) {
	low, high := 0.0, min(present/c.workers, 1)
	for range 20 {
		middle := (low + high) / 2
		if c.present(middle, f) < present {
			low = middle
		} else {
			high = middle
		}
	}
	return high, min(1, present/float64(high*c.marginal(low, f)))
}

// bend returns the marginal and by how much it grows, above 0.
func (c *curve) bend(busy float64, f Flow) (first, second float64) {
	h := float64(0.02 * (1 - busy))
	first = c.marginal(busy, f)
	return first, max(1e-3*c.workers, (c.marginal(busy+h, f)-first)/h)
}
