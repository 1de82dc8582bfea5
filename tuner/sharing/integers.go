package sharing

import "math"

// smallest offers weights for wrr by their largest one: all small ones, and
// above that in steps of a quarter.
func (c *choice) smallest() {
	const all = 16
	for largest := 1.0; largest <= float64(c.limits.Max) && !c.done(); {
		c.scale(largest/c.top, 1, c.limits.Max)
		c.raise()
		c.offer()
		if largest++; largest > all {
			largest = math.Ceil(1.25 * (largest - 1))
		}
	}
}

// turns offers weights for mh: small sums of turns, and larger ones of which
// some make all but one of its 4093 slots. With others the last round ends
// early, and those listed last lose a turn that counts.
func (c *choice) turns() {
	const smallSums, sixBits = 40, 63 // of larger ones mh drops bits
	largest, servers := min(sixBits, c.limits.Max), float64(len(c.try))
	try := func(sum, by float64) (got float64) {
		if c.done() || len(c.found) > 0 && (sum < servers/2 || float64(c.top*by) > sixBits+0.5) {
			return sum
		}
		got = c.scale(by, 1, largest)
		c.raise()
		c.offer()
		return got
	}
	if now := standingTurns(c.limits.Now); now > 0 {
		try(now, now)
	}
	for sum := 1.0; sum <= smallSums; sum++ {
		try(sum, sum)
	}
	c.less = 0.9 // precision costs nothing here
	for _, sum := range [...]float64{44, 66, 93, 132, 186, 341, 682, 1023, 1364, 2046, 4092} {
		if got := try(sum, sum); got != sum {
			try(sum, sum*sum/got)
		}
	}
}

// standingTurns returns the sum of the turns that weights have. Weights of the
// same sum leave most of the table as it is.
func standingTurns(weights []uint32) (sum float64) {
	by := turnsOf(weights)
	for _, w := range weights {
		sum += float64(by.turns(w))
	}
	return sum
}

// buckets offers weights for sh, of which some rounds make all its 256
// buckets. Servers of weight 0 have one in each round as well.
func (c *choice) buckets() {
	quiescent := 0.0
	for _, ideal := range c.ideal {
		if ideal == 0 {
			quiescent++
		}
	}
	servers := float64(len(c.try))
	for sum := 1.0; sum <= shSlots; sum *= 2 {
		if sum == shSlots {
			c.less = 1 // the last, and it costs nothing
		}
		if sum == shSlots || sum >= servers && !c.done() {
			c.whole(max(1, sum-quiescent))
			c.offer()
		}
	}
}

// whole tries weights of just that sum, if the least weight leaves room. What
// rounding leaves goes to the servers that miss most, so equal shares may
// differ by one bucket: otherwise all of it would be the first server's.
func (c *choice) whole(sum float64) {
	below, above := 0.0, sum+float64(len(c.try))
	for above-below > 0.1 {
		middle := (below + above) / 2
		if c.scale(middle, c.limits.Min, c.limits.Max) <= sum {
			below = middle
		} else {
			above = middle
		}
	}
	for left := sum - c.scale(below, c.limits.Min, c.limits.Max); left > 0; left-- {
		most, missed := -1, 0.0
		for i, ideal := range c.ideal {
			if m := float64(ideal*sum) - float64(c.try[i]); m > missed && c.try[i] < c.limits.Max {
				most, missed = i, m
			}
		}
		if most < 0 {
			return
		}
		c.try[most]++
	}
}

// fine offers weights of the sum that stands, and others of which the least
// has its place to 5, 1 and 0.2 percent, up to a largest one.
func (c *choice) fine(largest uint32) {
	c.limits.Max = max(c.limits.Min, min(c.limits.Max, largest))
	if sum := c.standing(); sum > 0 {
		c.within(sum)
	}
	least := 1.0
	for _, ideal := range c.ideal {
		if ideal > 0 {
			least = min(least, ideal)
		}
	}
	for _, weight := range [...]float64{10, 50, 250} {
		if !c.done() {
			c.within(weight / least)
		}
	}
}

// within offers weights of about a sum, within the limits.
func (c *choice) within(sum float64) {
	c.scale(min(sum, float64(c.limits.Max)/c.top), c.limits.Min, c.limits.Max)
	c.offer()
}

// keepSum offers weights of the sum that stands alone.
func (c *choice) keepSum() {
	sum := c.standing()
	if sum == 0 {
		c.fine(math.MaxInt32)
		return
	}
	c.within(sum)
}

func (c *choice) standing() (sum float64) {
	for _, w := range c.limits.Now {
		sum += float64(w)
	}
	return sum
}

// largestOfTwos returns the weight up to which twos does not overflow: it
// multiplies weights and overheads in 32 bits, and servers may have four times
// the overhead that is usual.
func largestOfTwos(shares []float64, t *Traffic) uint32 {
	const room = 4
	most := 1.0
	for i, s := range shares {
		most = max(most, float64(s*t.Rate*t.overhead(i))+t.heldBy(i))
	}
	return uint32(math.MaxInt32 / (room * most))
}
