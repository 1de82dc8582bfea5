package sim

import (
	"math/bits"
	"slices"
	"time"
)

// calendar holds the next instant of each of a fixed number of sources of
// events, and knows the earliest; of equal instants that of the source of the
// lowest number. It is a tournament: each node of a binary tree holds the
// earlier of its two sides.
type calendar struct {
	at     []time.Duration // by source
	winner []int32         // by node: the root is 1, the sources' own are the last half
}

func newCalendar(sources int) calendar {
	size := 1 << bits.Len(uint(max(sources-1, 1)))
	c := calendar{at: slices.Repeat([]time.Duration{forever}, size), winner: make([]int32, 2*size)}
	for i := range size {
		c.winner[size+i] = int32(i)
	}
	for node := size - 1; node > 0; node-- {
		c.winner[node] = c.winner[2*node]
	}
	return c
}

// first returns the source that is next and its instant.
func (c *calendar) first() (int, time.Duration) {
	source := c.winner[1]
	return int(source), c.at[source]
}

// set puts down the next instant of a source.
func (c *calendar) set(source int, at time.Duration) {
	if c.at[source] == at {
		return
	}
	c.at[source] = at
	for node := (len(c.at) + source) / 2; node > 0; node /= 2 {
		left, right := c.winner[2*node], c.winner[2*node+1]
		best := left
		if c.at[right] < c.at[left] {
			best = right
		}
		if best == c.winner[node] && int(best) != source {
			return // above here nothing is new
		}
		c.winner[node] = best
	}
}
