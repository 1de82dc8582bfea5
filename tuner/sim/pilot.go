package sim

import "slices"

// pilot is a short run of queues under a scheduler that looks at connections:
// wlc, sed, nq or twos. Closed connections are not followed one by one. Those
// from before the pilot end at the rate at which they came in a steady state,
// and those of the pilot end after it.
type pilot struct {
	scheduler string
	models    []model
	weights   []uint32
	demand    demand

	luck   stream // of twos
	queues []workers
	ending heap      // requests, by when they are answered
	active []float64 // connections
	closed []float64 // and still kept
	expire []float64 // of them in a second
	came   []float64 // in the end
	spent  []float64 // seconds of those, active
}

// newPilot returns one in the steady state of the given shares of connections.
func newPilot(scheduler string, models []model, weights []uint32, shares []float64, d demand) *pilot {
	n := len(models)
	p := &pilot{scheduler: scheduler, models: models, weights: weights, demand: d, luck: newStream(0, "pilot's luck"),
		queues: make([]workers, n), active: make([]float64, n), closed: make([]float64, n), expire: make([]float64, n),
		came: make([]float64, n), spent: make([]float64, n)}
	for i, share := range shares {
		p.queues[i] = make(workers, models[i].workers)
		p.expire[i] = float64(share * d.connections)
		p.closed[i] = float64(p.expire[i] * d.closed)
	}
	return p
}

// play returns the mean cost of the requests in seconds, the first tenth left
// out. It is the same for the same pilot, and all see the same requests.
func (p *pilot) play(requests int) float64 {
	s := newStream(0, "pilot")
	now, sum, skipped := 0.0, 0.0, requests/10
	for n := range requests {
		passed := s.exponential() / p.demand.connections
		now += passed
		work, luck := s.exponential(), s.uniform()
		p.advance(now, passed)
		i := p.choose()
		m := &p.models[i]
		spent := m.penalty
		if luck < m.failed() {
			p.closed[i]++
		} else {
			wait := p.queues[i].take(now, work/m.rate)
			spent = work/m.rate + float64(m.scatter*wait)
			p.ending.push(now+wait+work/m.rate, int32(i))
			p.active[i]++
			p.spent[i] += spent
		}
		p.came[i]++
		if n >= skipped {
			sum += spent
		}
	}
	return sum / float64(requests-skipped)
}

// advance ends the requests and the closed connections that are due.
func (p *pilot) advance(now, passed float64) {
	for p.ending.len() > 0 && p.ending.items[0].key <= now {
		i := p.ending.pop()
		p.active[i]--
		p.closed[i]++
	}
	for i := range p.closed {
		p.closed[i] = max(0, p.closed[i]-float64(p.expire[i]*passed))
	}
}

// choose returns the server of a connection.
func (p *pilot) choose() int {
	if p.scheduler == "twos" {
		first, second := p.drawn(), p.drawn()
		if p.overhead(second)*float64(p.weights[first]) < p.overhead(first)*float64(p.weights[second]) {
			return second
		}
		return first
	}
	best, least := -1, 0.0
	for i, w := range p.weights {
		if w == 0 {
			continue
		}
		if p.scheduler == "nq" && p.active[i] == 0 {
			return i
		}
		if o := p.overhead(i) / float64(w); best < 0 || o < least {
			best, least = i, o
		}
	}
	return best
}

// overhead returns what the scheduler compares by weight.
func (p *pilot) overhead(i int) float64 {
	if p.scheduler == "sed" || p.scheduler == "nq" {
		return p.active[i] + 1
	}
	return float64(p.demand.factor*p.active[i]) + p.closed[i]
}

// drawn returns a server by a chance in proportion to its weight.
func (p *pilot) drawn() int {
	sum := uint32(0)
	for _, w := range p.weights {
		sum += w
	}
	left := p.luck.below(int(sum))
	return slices.IndexFunc(p.weights, func(w uint32) bool {
		left -= int(w)
		return left < 0
	})
}

// shares returns those of the connections that came.
func (p *pilot) shares() []float64 {
	shares, sum := make([]float64, len(p.came)), 0.0
	for _, n := range p.came {
		sum += n
	}
	for i, n := range p.came {
		shares[i] = n / sum
	}
	return shares
}

// times returns the mean seconds that a request took at each server, one
// that had none taking its bare work.
func (p *pilot) times() []float64 {
	times := make([]float64, len(p.came))
	for i := range times {
		if times[i] = 1 / max(p.models[i].rate, 1e-9); p.came[i] > 0 {
			times[i] = p.spent[i] / p.came[i]
		}
	}
	return times
}
