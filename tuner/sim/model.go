package sim

// model is what queueing theory says of a server in a steady state, and all
// that the oracle is told of it.
type model struct {
	workers int
	rate    float64 // requests per second of each worker; 0 is a server that is down or hangs
	scatter float64 // of waiting times, over those of exponential service: (1+cv²)/2, and 1 where requests share
	errors  float64 // part of the requests that fail at once
	penalty float64 // seconds that such a one counts as
}

// capacity returns the requests per second from which on it saturates, 0 where
// none are answered rightly.
func (m model) capacity() float64 {
	if m.errors >= 1 {
		return 0
	}
	return float64(float64(m.workers)*m.rate) / (1 - m.errors)
}

// failed returns the part of the requests that fail, of a server that hangs or
// is down all.
func (m model) failed() float64 {
	if m.rate == 0 {
		return 1
	}
	return m.errors
}

// latency returns the mean time in seconds at a rate below the capacity: of
// M/M/c by Erlang's formula, the waiting scaled as Lee and Longton do for other
// service times. Under processor sharing it depends on their mean alone.
func (m model) latency(perSecond float64) float64 {
	served := float64(perSecond * (1 - m.errors))
	load := served / m.rate
	b := 1.0
	for n := 1; n <= m.workers; n++ {
		b = float64(load*b) / (float64(n) + float64(load*b))
	}
	busy := load / float64(m.workers)
	waits := b / (1 - float64(busy*(1-b)))
	return 1/m.rate + float64(m.scatter*waits)/(float64(float64(m.workers)*m.rate)-served)
}

// cost returns the mean cost of a request in seconds, failed ones counting as
// the penalty.
func (m model) cost(perSecond float64) float64 {
	return float64((1-m.errors)*m.latency(perSecond)) + float64(m.errors*m.penalty)
}

// marginal returns the seconds that one more request per second costs, all
// requests taken together.
func (m model) marginal(perSecond float64) float64 {
	h := float64(1e-4 * (m.capacity() - perSecond))
	low, high := max(0, perSecond-h), perSecond+h
	return (float64(high*m.cost(high)) - float64(low*m.cost(low))) / (high - low)
}
