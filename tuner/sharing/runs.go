package sharing

import (
	"cmp"
	"slices"
	"sort"
)

// Runs returns the mean number of requests that wait because wrr deals them
// out in runs, over all servers; divided by the rate it is the seconds that a
// request waits for that. It is 0 for equal weights.
//
// The rate is that of the service's requests, the capacities are those that
// each server can serve, all per second. A server without the capacity for its
// share counts for nothing here: it is late whatever the runs.
//
// wrr lowers a level from the largest weight by the common divisor, and at
// each level takes all servers of that weight and more in turn
// (net/netfilter/ipvs/ip_vs_wrr.c). While k servers have the weight, each gets
// a k-th of the rate; so one server gets nothing at first, then the most, then
// less and less. What it has not served by and by waits. Requests are taken
// for a fluid here: chance adds to it what it does without runs.
//
// An edit of any server goes back to the head of the list at the level that
// was reached, so a cycle is not begun anew, but those listed first come twice.
func Runs(weights []uint32, rate float64, capacities []float64) float64 {
	c := cycleOf(weights, rate)
	if c.ends == 0 {
		return 0
	}
	waited := 0.0
	for k, server := range c.heaviestFirst {
		waited += c.waited(k, capacities[server])
	}
	return waited / c.ends
}

// cycle is one of wrr's, in phases: in the k-th, from 0, the k+1 servers of
// the largest weights share the rate. Its arrays have the phases' beginnings,
// and at last the cycle's end.
type cycle struct {
	rate          float64
	heaviestFirst []int
	begins        []float64 // in seconds
	got           []float64 // requests that the heaviest server has got
	summed        []float64 // that over time: its integral
	ends          float64   // in seconds
}

func cycleOf(weights []uint32, rate float64) cycle {
	n := len(weights)
	values := make([]float64, 3*(n+1))
	c := cycle{rate: rate, begins: values[:1], got: values[n+1 : n+2], summed: values[2*n+2 : 2*n+3]}
	c.heaviestFirst = make([]int, 0, n)
	divisor := uint32(0)
	for i, w := range weights {
		if w > 0 {
			c.heaviestFirst = append(c.heaviestFirst, i)
			divisor = gcd(divisor, w)
		}
	}
	slices.SortFunc(c.heaviestFirst, func(a, b int) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b))
	})
	for k, server := range c.heaviestFirst {
		next := uint32(0)
		if k+1 < len(c.heaviestFirst) {
			next = weights[c.heaviestFirst[k+1]]
		}
		picks := float64((weights[server] - next) / divisor)
		took := float64(picks*float64(k+1)) / rate
		c.summed = append(c.summed, c.summed[k]+float64(took*(c.got[k]+picks/2)))
		c.got = append(c.got, c.got[k]+picks)
		c.begins = append(c.begins, c.begins[k]+took)
		c.ends = c.begins[k+1]
	}
	return c
}

// waited returns the requests waiting over time, in a cycle, for the server
// whose first phase is the k-th. Their number rises from 0 and falls back, once.
func (c *cycle) waited(first int, capacity float64) float64 {
	if c.rate <= float64(capacity*float64(first+1)) || c.got[len(c.got)-1]-c.got[first] >= float64(capacity*c.ends) {
		return 0
	}
	phases := len(c.heaviestFirst) - first
	empty := sort.Search(phases, func(i int) bool { return c.waiting(first, first+1+i, capacity) <= 0 })
	last := first + empty // the phase in which none waits any more, or the cycle's end
	elapsed := c.begins[last] - c.begins[first]
	sum := c.summed[last] - c.summed[first] - float64(c.got[first]*elapsed) - float64(capacity*elapsed*elapsed)/2
	left := c.waiting(first, last, capacity)
	falls := capacity
	if empty < phases {
		falls -= c.rate / float64(last+1)
	}
	return sum + float64(left*left)/(2*falls)
}

// waiting returns how many requests wait at the beginning of a phase.
func (c *cycle) waiting(first, phase int, capacity float64) float64 {
	return c.got[phase] - c.got[first] - float64(capacity*(c.begins[phase]-c.begins[first]))
}
