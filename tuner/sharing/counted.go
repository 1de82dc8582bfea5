package sharing

// counted is a scheduler that gives each new connection to the server with the
// least count by weight. In a steady state a server's mean count is then a
// common level times its weight, plus what it is off by: the scheduler
// compares counts when they are least, just before they rise by a connection,
// so on average they are half a connection above the level.
//
//	rate·each = level·weight + off
//
// sed counts the new connection already, so its counts are half a connection
// below the level instead.
type counted struct {
	rate  float64   // new connections per second, of all servers
	each  []float64 // count for each connection per second
	off   []float64
	least []float64 // rate that a server gets in any case; nil is none

	// held are counts that are there already, nil is none, and apart is each
	// without what is active: a server that is mostly idle is given a connection
	// whenever what it holds is at the level.
	held, apart []float64
}

// rarest is the least rate of connections per second that is reckoned with.
const rarest = 1e-6

// leastOverhead is wlc. A connection adds the factor while it is active, which
// matters as far as others come meanwhile.
func leastOverhead(t *Traffic, room []float64) counted {
	c := newCounted(t, room)
	for i := range c.each {
		c.each[i] = t.overhead(i)
		met := min(1, float64(c.rate*t.Active[i]))
		c.off[i] = float64((1+float64((t.Factor-1)*met))/2) - t.heldBy(i)
	}
	if t.Held != nil {
		c.held, c.apart = t.Held, t.Inactive
	}
	return c
}

// leastActive is sed.
func leastActive(t *Traffic, room []float64) counted {
	c := newCounted(t, room)
	for i := range c.each {
		c.each[i], c.off[i] = t.active(i), -0.5
	}
	return c
}

// neverQueue is nq: as sed, but an idle server gets the next connection, so
// each gets one as often as it is idle again.
func neverQueue(t *Traffic, room []float64) counted {
	c := leastActive(t, room)
	c.least = make([]float64, len(c.each))
	for i := range c.least {
		c.least[i] = c.rate / (float64(c.rate*t.active(i)) + 1)
	}
	return c
}

func newCounted(t *Traffic, room []float64) counted {
	values := resized(room, 2*len(t.Active))
	return counted{rate: max(t.Rate, rarest), each: values[:len(t.Active)], off: values[len(t.Active):]}
}

// shares finds the level at which the rates add up to that of the traffic.
// Servers that would be below their least rate have that, and the others the
// rest.
func (c counted) shares(weights []uint32, into []float64) {
	const unknown = -1
	for i, w := range weights {
		into[i] = 0
		if w > 0 {
			into[i] = unknown
		}
	}
	for c.settle(weights, into) {
	}
	level := c.level(weights, into)
	for i, w := range weights {
		if into[i] < 0 {
			into[i] = c.rateAt(level, i, w)
		}
	}
	c.rescue(weights, into)
	normalise(into)
}

// settle sets rates that are not yet known to their least where the level of
// all of them would bring less, and reports whether there were any.
func (c counted) settle(weights []uint32, rates []float64) (some bool) {
	level := c.level(weights, rates)
	for i, w := range weights {
		if rates[i] < 0 && c.rateAt(level, i, w) <= c.leastOf(i) {
			rates[i], some = c.leastOf(i), true
		}
	}
	return some
}

func (c counted) rateAt(level float64, server int, weight uint32) float64 {
	rate, _ := c.rateAndGrowth(level, server, float64(weight))
	return rate
}

// rateAndGrowth returns the rate at a level, and by how much it grows with that.
func (c counted) rateAndGrowth(level float64, server int, weight float64) (rate, growth float64) {
	count, per := float64(level*weight), 1/c.each[server]
	rate, growth = float64((count+c.off[server])*per), float64(weight*per)
	if c.held != nil {
		per = 1 / max(briefest, c.apart[server])
		if idle := float64((count - c.held[server]) * per); idle < rate {
			return idle, float64(weight * per)
		}
	}
	return rate, growth
}

// level returns that of the servers whose rates are negative, not yet known.
func (c counted) level(weights []uint32, rates []float64) float64 {
	if c.held != nil {
		return c.levelHeld(weights, rates)
	}
	rest, slope := c.rate, 0.0
	for i, w := range weights {
		if rates[i] >= 0 {
			rest -= rates[i]
			continue
		}
		rest -= c.off[i] / c.each[i]
		slope += float64(w) / c.each[i]
	}
	return max(0, rest/slope)
}

// levelHeld is level where the rates bend. They grow less beyond each bend, so
// that Newton's method comes to the level from below, bend by bend.
func (c counted) levelHeld(weights []uint32, rates []float64) (level float64) {
	for range 60 {
		rest, slope := c.rate, 0.0
		for i, w := range weights {
			if rates[i] >= 0 {
				rest -= rates[i]
				continue
			}
			rate, growth := c.rateAndGrowth(level, i, float64(w))
			rest -= rate
			slope += growth
		}
		next := level + rest/slope
		if !(next > level) {
			return level
		}
		level = next
	}
	return level
}

// rescue gives everything to the largest weight where no server would get
// anything: without traffic, sed finds all idle.
func (c counted) rescue(weights []uint32, rates []float64) {
	largest := 0
	for i, r := range rates {
		if r > 0 {
			return
		}
		if weights[i] > weights[largest] {
			largest = i
		}
	}
	if len(weights) > 0 && weights[largest] > 0 {
		rates[largest] = 1
	}
}

func (c counted) leastOf(server int) float64 {
	if c.least == nil {
		return 0
	}
	return c.least[server]
}

func (c counted) weights(shares, into []float64) {
	for i, s := range shares {
		into[i] = 0
		if s > 0 {
			into[i] = c.byWeight(i, float64(s*c.rate*c.each[i]))
			if c.held != nil {
				into[i] = max(into[i], c.held[i]+float64(s*c.rate*c.apart[i]))
			}
		}
	}
	normalise(into)
}

// byWeight returns the part of a mean count that a weight stands for, but at
// least a hundredth: wlc's overhead is not less than that of half a
// connection, whatever the weight.
func (c counted) byWeight(server int, count float64) float64 {
	return max(count-c.off[server], count/100)
}
