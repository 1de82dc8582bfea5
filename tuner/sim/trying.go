package sim

import "slices"

// Where a scheduler looks at connections the formula's weights are near the
// best ones, and not the best: the formula takes servers for queues of their
// own, and they are fed from one. So the oracle tries weights out here too. For
// wlc it is shares that are tried, and the weights follow, since the closed
// connections that count most take minutes to follow weights.

const (
	glance  = 2000  // requests that each mix of two choices is tried with,
	look    = 20000 // and each step from the best of them
	worthIt = 0.999 // of the cost, from which on a step is one
	// mostGroups bounds the groups of equal servers around whose weights more
	// is tried.
	mostGroups = 6
)

// trial is what weights are tried on.
type trial struct {
	scheduler string
	models    []model
	demand    demand
	times     []float64 // seconds that a connection is about active at each server
}

// attempt is a choice and what came of it.
type attempt struct {
	parts         []float64 // of shares for wlc, else of weights
	weights       []uint32
	cost          float64 // seconds
	shares, times []float64
}

// tried returns weights of less mean cost than those for the given shares by
// formula, the shares that they come to, and the cost in seconds: the best of
// those between the formula's and those for the capacities' shares, and then
// of those around. It knows nothing of connections that are open without a
// request.
func tried(scheduler string, models []model, shares []float64, d demand) ([]uint32, []float64, float64) {
	t := trial{scheduler, models, d, make([]float64, len(models))}
	for i, m := range models {
		t.times[i] = 1 / max(m.rate, 1e-9)
	}
	formula := t.parts(shares)
	capacities := t.parts(mixedShares(models, shares, 1))
	best := t.attempt(formula, glance)
	t.times = best.times
	for _, part := range []float64{-0.25, 0, 0.25, 0.5, 0.75, 1} {
		if a := t.attempt(mixed(formula, capacities, part), glance); a.cost < best.cost {
			best = a
		}
	}
	best = t.refined(best.parts)
	return best.weights, best.shares, best.cost
}

// refined returns the best choice around one.
func (t *trial) refined(parts []float64) attempt {
	t.times = t.attempt(parts, look).times
	best := t.attempt(parts, look)
	for _, factor := range []float64{1.3, 1.1} {
		for _, group := range t.groups() {
			for _, f := range []float64{factor, 1 / factor} {
				if a := t.attempt(multiplied(best.parts, group, f), look); a.cost < float64(worthIt*best.cost) {
					best = a
					t.times = a.times
				}
			}
		}
	}
	return best
}

// parts returns what is tried for shares.
func (t *trial) parts(shares []float64) []float64 {
	if t.scheduler == "wlc" {
		return shares
	}
	parts := make([]float64, len(shares))
	for i, w := range weightsFor(t.scheduler, t.models, shares, t.demand) {
		parts[i] = float64(w)
	}
	return parts
}

// attempt tries a choice.
func (t *trial) attempt(parts []float64, requests int) attempt {
	loads, sum := slices.Clone(parts), 0.0
	for _, p := range parts {
		sum += p
	}
	shares := make([]float64, len(parts))
	for i, p := range parts {
		shares[i] = p / sum
		if t.scheduler == "wlc" {
			loads[i] *= float64(t.demand.factor*t.times[i]) + t.demand.closed
		}
	}
	weights := t.demand.usable(scaled(loads, largestTried(t.scheduler)), t.models)
	p := newPilot(t.scheduler, t.models, weights, shares, t.demand)
	cost := p.play(requests)
	return attempt{parts, weights, cost, p.shares(), p.times()}
}

func largestTried(scheduler string) uint32 {
	if scheduler == "twos" {
		return 100 // see weightsFor
	}
	return 1000
}

// triable reports whether weights for a scheduler can be tried.
func triable(scheduler string) bool {
	return scheduler == "wlc" || scheduler == "sed" || scheduler == "nq" || scheduler == "twos"
}

// groups returns the servers by their models; none if there are too many.
func (t *trial) groups() [][]int {
	var groups [][]int
	for i, m := range t.models {
		at := slices.IndexFunc(groups, func(g []int) bool { return t.models[g[0]] == m })
		if at < 0 {
			at = len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	if len(groups) > mostGroups {
		return nil
	}
	return groups
}

// mixed returns what is between some parts, at 0, and others, at 1.
func mixed(some, others []float64, part float64) []float64 {
	parts := make([]float64, len(some))
	for i := range parts {
		parts[i] = max(0, float64((1-part)*some[i])+float64(part*others[i]))
	}
	return parts
}

// multiplied returns the parts with those of a group multiplied.
func multiplied(parts []float64, group []int, factor float64) []float64 {
	changed := slices.Clone(parts)
	for _, i := range group {
		changed[i] *= factor
	}
	return changed
}
