package sharing

import "math"

// scale tries the integers next to the ideal weights times a factor, within
// bounds, and returns their sum.
func (c *choice) scale(by float64, low, high uint32) (sum float64) {
	if c.least == 0 || float64(c.top*by) > float64(high) {
		return c.clamp(by, low, high)
	}
	total := uint64(0)
	for i, ideal := range c.ideal {
		w := max(low, uint32(float64(ideal*by)+0.5))
		c.try[i] = w
		total += uint64(w)
	}
	return float64(total)
}

// clamp is scale where some weights are 0 or may be too large.
func (c *choice) clamp(by float64, low, high uint32) (sum float64) {
	least, most, total := float64(low), float64(high), uint64(0)
	for i, ideal := range c.ideal {
		w := float64(ideal*by) + 0.5
		switch {
		case ideal == 0:
			w = 0
		case w < least:
			w = least
		case w > most:
			w = most
		}
		c.try[i] = uint32(w)
		total += uint64(c.try[i])
	}
	return float64(total)
}

// raise multiplies the weights that are tried to the usual size, or until the
// least one is allowed, which changes nothing for wrr and mh; where the largest
// one does not bear that it puts them within the limits.
func (c *choice) raise() {
	if c.limits.Min == 1 && c.limits.Usual <= 1 {
		return
	}
	least, largest, sum, n := uint32(math.MaxUint32), uint32(0), 0.0, 0.0
	for _, w := range c.try {
		if w > 0 {
			least, largest, sum, n = min(least, w), max(largest, w), sum+float64(w), n+1
		}
	}
	needed, room := (c.limits.Min+least-1)/least, c.limits.Max/largest
	if needed > room {
		c.scale(float64(c.limits.Max)/c.top, c.limits.Min, c.limits.Max)
		return
	}
	usual := min(c.limits.Usual*n/sum+0.5, math.MaxInt32)
	c.multiply(min(max(needed, uint32(usual)), room))
}

func (c *choice) multiply(factor uint32) {
	for i := range c.try {
		c.try[i] *= factor
	}
}
