package sharing

import "math"

// Runs returns the mean number of requests that wait because wrr deals them
// out in runs, over all servers; divided by the rate it is the seconds that a
// request waits for that. It is 0 for equal weights, and does not count what
// waits where each server's requests come as evenly as its share allows.
//
// The rate is that of the service's requests, the capacities are those that
// each server can serve, all per second; 0 comes of numbers that cannot be.
//
// A server that is ahead of an even stream by d requests, a time t after its
// first of the cycle, has more waiting than without: above what chance brings
// to a queue with spare capacity c and a variance of v per second,
//
//	q(d - c·t, v·t) - q(-c·t, v·t), q(m, v) = m/2 + √(m²/4 + 2v/π)
//
// where q is what is left of a random walk that does not fall below 0: m when
// that is large, √(2v/π) when m is 0, little when m is far below. Requests that
// come one at a time are ahead by up to one even in an even stream, so d is
// taken less one.
//
// An edit of any server goes back to the head of the list at the level that
// was reached, so a cycle is not begun anew, but those listed first come twice.
func Runs(weights []uint32, rate float64, capacities []float64) float64 {
	if !(rate > 0) || !sane(rate) || !sane(capacities...) {
		return 0
	}
	c := cycleOf(weights, rate)
	waiting := 0.0
	for first, server := range c.heaviestFirst {
		s := stream{rate: float64(weights[server]) / c.divisor / c.ends}
		share := s.rate / rate
		s.spare = max(0, capacities[server]-s.rate)
		s.variance = float64(s.rate * (1 + share)) // of wrr's cycles, and of the service
		waiting += c.waiting(first, s)
	}
	return waiting
}

// stream is what a server gets, per second.
type stream struct{ rate, spare, variance float64 }

// waiting is the mean over the cycle's samples.
func (c *cycle) waiting(first int, s stream) float64 {
	all := float64(s.rate * c.ends)
	sum := 0.0
	for _, at := range c.samples {
		since, got := at.time-c.begins[first], at.got-c.got[first]
		if since < 0 {
			since, got = since+c.ends, all // of the cycle before
		}
		if ahead := got - float64(s.rate*since) - 1; ahead > 0 {
			idle, v := float64(s.spare*since), float64(s.variance*since)
			sum += above(ahead-idle, v) - above(-idle, v)
		}
	}
	return sum / float64(len(c.samples))
}

// above returns about the mean of a random walk without what is below 0, by
// the mean and variance that it has without that.
func above(mean, variance float64) float64 {
	return float64(mean/2) + math.Sqrt(float64(float64(mean*mean)/4)+float64(2/math.Pi*variance))
}
