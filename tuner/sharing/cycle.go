package sharing

import (
	"cmp"
	"slices"
)

// cycle is one of wrr's (net/netfilter/ipvs/ip_vs_wrr.c). It lowers a level
// from the largest weight by the common divisor, and at each level takes all
// servers of that weight and more in turn. So it has phases: in the k-th, from
// 0, the k+1 servers of the largest weights share the rate evenly. A server
// gets nothing at first, then the most, then less and less.
type cycle struct {
	heaviestFirst []int
	divisor       float64
	begins        []float64 // of each phase, in seconds
	got           []float64 // requests that the heaviest server has by then
	ends          float64   // in seconds
	samples       [8]sample
}

// sample is how far the cycle is in the middle of an eighth of it: eight bring
// what sixty-four do, to 3 %.
type sample struct{ time, got float64 }

func cycleOf(weights []uint32, rate float64) cycle {
	c := cycle{heaviestFirst: make([]int, 0, len(weights))}
	divisor := uint32(0)
	for i, w := range weights {
		if w > 0 {
			c.heaviestFirst = append(c.heaviestFirst, i)
			divisor = gcd(divisor, w)
		}
	}
	slices.SortFunc(c.heaviestFirst, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	c.divisor = float64(divisor)
	n := len(c.heaviestFirst)
	values := make([]float64, 2*n)
	c.begins, c.got = values[:n], values[n:]
	time, got := 0.0, 0.0
	for k, server := range c.heaviestFirst {
		c.begins[k], c.got[k] = time, got
		picks := weights[server]
		if k+1 < n {
			picks -= weights[c.heaviestFirst[k+1]]
		}
		got += float64(picks / divisor)
		time += float64(float64(picks/divisor)*float64(k+1)) / rate
	}
	c.ends = time
	c.sample(rate)
	return c
}

func (c *cycle) sample(rate float64) {
	phase := 0
	for i := range c.samples {
		at := &c.samples[i]
		at.time = float64(float64(c.ends*(float64(i)+0.5)) / float64(len(c.samples)))
		for phase+1 < len(c.begins) && c.begins[phase+1] <= at.time {
			phase++
		}
		if len(c.begins) > 0 {
			at.got = c.got[phase] + float64(float64((at.time-c.begins[phase])*rate)/float64(phase+1))
		}
	}
}
