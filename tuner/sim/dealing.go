package sim

import (
	"cmp"
	"slices"
)

// wrr's shares are the easy part: what a server's connections wait depends as
// much on how evenly they come. With weights of 1, 1, 2 and 4 they come more
// evenly than by chance; with 97, 97, 211 and 409 those of the largest come in
// runs. No formula tells, so the oracle tries weights out.

const (
	largestDealt = 24   // weight that is tried where all servers are to get something
	largestAside = 1000 // and where some are not, but may not have 0
)

// dealtWeights returns the weights for wrr of the least mean cost, and that
// cost in seconds: of those near the best shares, the capacities' shares, and
// between. The fewer are left, the more requests they are tried with.
func dealtWeights(models []model, shares []float64, d demand) ([]uint32, float64) {
	type choice struct {
		weights []uint32
		cost    float64
	}
	var choices []choice
	for _, between := range []float64{0, 0.5, 1} {
		mixed := mixedShares(models, shares, between)
		for _, largest := range sizes(mixed) {
			weights := reduced(d.usable(scaled(mixed, largest), models))
			if !slices.ContainsFunc(choices, func(c choice) bool { return slices.Equal(c.weights, weights) }) {
				choices = append(choices, choice{weights: weights})
			}
		}
	}
	some := enough(models, d)
	for _, try := range []struct{ requests, left int }{{250 * (4 + len(models)), 16}, {1000 * some, 4}, {5000 * some, 1}} {
		for i := range choices {
			c := &choices[i]
			c.cost = dealtCost(models, c.weights, d, max(try.requests, 2*cycle(c.weights)))
		}
		slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(a.cost, b.cost) })
		choices = choices[:min(try.left, len(choices))]
	}
	return choices[0].weights, choices[0].cost
}

// enough returns how many more requests it takes to tell costs apart than
// where the servers are few and idle: about (1-load)^-2, at most 50, and more
// for many servers, of which each gets few.
func enough(models []model, d demand) int {
	capacity := 0.0
	for _, m := range models {
		capacity += m.capacity()
	}
	left := max(0.14, 1-float64(d.connections*d.requests)/capacity)
	return int(float64(1+len(models)/16) / float64(left*left))
}

// cycle returns how many requests wrr deals until it begins anew.
func cycle(weights []uint32) int {
	sum := uint32(0)
	for _, w := range weights {
		sum += w
	}
	return int(sum)
}

// sizes returns the largest weights to try for shares, from the least.
func sizes(shares []float64) []uint32 {
	var all []uint32
	for n := uint32(1); n <= largestDealt; n++ {
		all = append(all, n)
	}
	if slices.Contains(shares, 0) {
		for n := float64(largestDealt); n < largestAside; {
			n = min(largestAside, 1.1*n)
			all = append(all, uint32(n))
		}
	}
	return all
}

// mixedShares returns shares between the given ones, at 0, and those of the
// capacities, at 1.
func mixedShares(models []model, shares []float64, between float64) []float64 {
	mixed, total := make([]float64, len(shares)), 0.0
	for _, m := range models {
		total += m.capacity()
	}
	for i, m := range models {
		mixed[i] = float64((1-between)*shares[i]) + float64(between*(m.capacity()/total))
	}
	return mixed
}

// reduced returns the weights over their greatest common divisor.
func reduced(weights []uint32) []uint32 {
	divisor := uint32(0)
	for _, w := range weights {
		divisor = gcd(divisor, w)
	}
	for i := range weights {
		weights[i] /= max(1, divisor)
	}
	return weights
}

func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// dealtCost returns the mean cost in seconds of requests that come by chance
// and are dealt to queues by wrr, the first tenth of them left out. It is the
// same for the same arguments, and tries all weights with the same requests.
func dealtCost(models []model, weights []uint32, d demand, requests int) float64 {
	s := newStream(0, "dealing")
	rate := float64(d.connections * d.requests)
	queues := make([]workers, len(models))
	for i, m := range models {
		queues[i] = make(workers, m.workers)
	}
	dealer := newDealer(weights)
	now, sum, skipped := 0.0, 0.0, requests/10
	for n := range requests {
		now += s.exponential() / rate
		work, luck := s.exponential(), s.uniform()
		i := dealer.next()
		m := &models[i]
		if luck < m.failed() {
			continue
		}
		wait := queues[i].take(now, work/m.rate)
		if n >= skipped {
			sum += work/m.rate + float64(m.scatter*wait)
		}
	}
	return sum/float64(requests-skipped) + penalties(models, weights)
}

// penalties returns the mean cost in seconds of the requests that fail, over
// all requests.
func penalties(models []model, weights []uint32) float64 {
	sum := 0.0
	for i, m := range models {
		sum += float64(float64(weights[i]) * m.failed() * m.penalty)
	}
	return sum / float64(cycle(weights))
}

// workers are the instants in seconds at which each is free.
type workers []float64

// take gives work to the worker that is free first and returns the wait.
func (w workers) take(now, work float64) float64 {
	first := 0
	for i := range w {
		if w[i] < w[first] {
			first = i
		}
	}
	begin := max(now, w[first])
	w[first] = begin + work
	return begin - now
}

// dealer picks as wrr does (net/netfilter/ipvs/ip_vs_wrr.c), without its
// changes of weights. The weights have no common divisor, and one is above 0.
type dealer struct {
	weights []uint32
	largest uint32
	level   uint32 // picked are those of this weight and more
	at      int
}

func newDealer(weights []uint32) dealer {
	largest := slices.Max(weights)
	return dealer{weights: weights, largest: largest, level: largest, at: -1}
}

func (d *dealer) next() int {
	for {
		if d.at++; d.at == len(d.weights) {
			d.at = 0
			if d.level--; d.level == 0 {
				d.level = d.largest
			}
		}
		if d.weights[d.at] >= d.level {
			return d.at
		}
	}
}
