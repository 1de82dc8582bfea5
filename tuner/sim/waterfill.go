package sim

// mostLoad is the load up to which a steady state is reckoned with; above it
// the shares of best are those of the capacities.
const mostLoad = 0.99

// best returns the shares of the requests that make their mean cost least, and
// that cost in seconds: those under which one more request costs the same
// wherever it goes, but for servers on which already the first one costs more
// and which get none. All shares are 0 where no server works. Above mostLoad
// the cost is 0, not known.
func best(models []model, perSecond float64) (shares []float64, cost float64) {
	shares = make([]float64, len(models))
	total, most := 0.0, 0.0
	for _, m := range models {
		if c := m.capacity(); c > 0 {
			total += c
			most = max(most, m.marginal(float64(mostLoad*c)))
		}
	}
	if total == 0 {
		return shares, 0
	}
	if perSecond >= float64(mostLoad*total) {
		for i, m := range models {
			shares[i] = m.capacity() / total
		}
		return shares, 0
	}
	perSecond = max(perSecond, float64(1e-6*total)) // with none at all every share costs the same
	low, high := 0.0, most
	for range 50 {
		middle := (low + high) / 2
		if fill(models, middle, shares) < perSecond {
			low = middle
		} else {
			high = middle
		}
	}
	sum := fill(models, high, shares)
	for i := range shares {
		shares[i] /= sum
	}
	return shares, meanCost(models, shares, perSecond)
}

// fill sets the rates at which one more request costs as much as the level,
// and returns their sum.
func fill(models []model, level float64, rates []float64) float64 {
	sum := 0.0
	for i, m := range models {
		rates[i] = m.rateAt(level)
		sum += rates[i]
	}
	return sum
}

// rateAt returns the rate at which one more request costs as much as the level,
// 0 where it always costs more.
func (m model) rateAt(level float64) float64 {
	if m.capacity() == 0 || m.marginal(0) >= level {
		return 0
	}
	low, high := 0.0, float64(mostLoad*m.capacity())
	for range 50 {
		middle := (low + high) / 2
		if m.marginal(middle) < level {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// meanCost returns the mean cost of a request in seconds under given shares, 0
// where a server would saturate.
func meanCost(models []model, shares []float64, perSecond float64) float64 {
	sum := 0.0
	for i, m := range models {
		if shares[i] == 0 {
			continue
		}
		rate := float64(shares[i] * perSecond)
		if rate >= m.capacity() {
			return 0
		}
		sum += float64(shares[i] * m.cost(rate))
	}
	return sum
}

// pooledCost returns about the mean cost of a request in seconds where a
// scheduler looks at the servers' connections: that of one queue for all their
// workers. It is 0, not known, above mostLoad.
func pooledCost(models []model, perSecond float64) float64 {
	workers, capacity, errors := 0, 0.0, 0.0
	pool := model{scatter: 1}
	for _, m := range models {
		if m.capacity() == 0 {
			continue
		}
		workers += m.workers
		capacity += m.capacity()
		errors += float64(m.errors * m.capacity())
		pool.penalty = m.penalty
	}
	if perSecond >= float64(mostLoad*capacity) {
		return 0
	}
	pool.workers, pool.errors = workers, errors/capacity
	pool.rate = float64(capacity*(1-pool.errors)) / float64(workers)
	return pool.cost(perSecond)
}
