package tuner

import (
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// choice is weights and what they are predicted to bring.
type choice struct {
	weights []uint32
	shares  []float64
	present float64 // requests, on average, with what it costs to change the weights
}

const (
	// beyond is by how much a share may exceed its bound for want of finer
	// weights.
	beyond = 1.03
	// below is what part of its bound a server is to get where no weights are
	// fine enough to keep to all bounds.
	below = 0.85
	// short is how much of what it can still be measured by a server must get.
	short = 0.6
	// scarce is how much of what a server is to get is so little that the weights
	// must change.
	scarce = 0.3
	// horizon is for how many periods weights are taken to last, where their
	// change costs by itself.
	horizon = 3.5
	// uprooted is what it costs, as a part of the requests present, to send all
	// clients to other servers where they are to stay.
	uprooted = 0.05
)

// choose returns the weights under which the fewest requests are predicted to
// be present, of those that bring about the rates, or else rates below their
// bounds; no weights where none do.
func (f *fleet) choose(rates, now []float64, aims []uint32) choice {
	best := f.chooseFor(rates, now, aims)
	if best.weights == nil {
		best = f.chooseFor(f.belowBounds(rates), now, aims)
	}
	return best
}

// belowBounds returns rates of which those at their bound are lower, and the
// others higher by as much.
func (f *fleet) belowBounds(rates []float64) []float64 {
	lower, spared, rest := slices.Clone(rates), 0.0, 0.0
	for i, rate := range rates {
		if bound := float64(below * f.loads[i].High); f.servers[i].bears() && rate > bound {
			lower[i] = bound
			spared += rate - bound
		} else {
			rest += rate
		}
	}
	for i, rate := range rates {
		if rest > 0 && lower[i] == rate {
			lower[i] *= 1 + spared/rest
		}
	}
	return lower
}

// chooseFor is choose for these rates alone. Shares between the best ones and
// those of the capacities are tried too: wrr may deal them so much more evenly
// that it is worth it. Where the scheduler makes up for a change, so is a part
// of the way.
func (f *fleet) chooseFor(rates, now []float64, aims []uint32) choice {
	best, limits, before := choice{present: math.Inf(1)}, f.weightLimits(), SharesOf(aims)
	for _, wanted := range f.mixtures(rates, now) {
		f.unlucky(wanted)
		for _, c := range f.search.Candidates(f.scheduler(), wanted, &f.traffic, limits) {
			f.lucky(c.Shares)
			if f.exceeds(c.Shares, rates) {
				continue
			}
			present := f.present(c.Weights, c.Shares) +
				f.upheaval(c.Weights, before)/float64(horizon*f.at.interval.Seconds())
			if f.hashes() {
				present *= 1 + float64(uprooted*sharing.Moved(f.scheduler(), limits.Now, c.Weights))
			}
			if present < best.present {
				best = choice{append(best.weights[:0], c.Weights...), append(best.shares[:0], c.Shares...), present}
			}
		}
	}
	return best
}

func (f *fleet) weightLimits() sharing.Limits {
	return sharing.Limits{Min: f.limits.Min, Max: f.limits.Max, Now: weightsOf(f.servers), Usual: f.usualWeight()}
}

// usualWeight returns the mean of the weights that the servers had before the
// tuner touched them: one that joins has such a one too, and is to get an
// equal share, not nearly all, until its own is chosen.
func (f *fleet) usualWeight() float64 {
	sum := 0.0
	for i := range f.servers {
		sum += f.start.weight(f.servers[i].RealServer)
	}
	return sum / float64(len(f.servers))
}

// mixtures returns the shares to be tried; now are the present ones.
func (f *fleet) mixtures(rates, now []float64) [][]float64 {
	best := inSum1(rates)
	switch {
	case f.remembers():
		return [][]float64{best, between(best, now, 0.5), between(best, now, 0.75), between(best, now, 0.88), between(best, now, 0.94)}
	case f.hashes():
		return [][]float64{best}
	}
	capacities := f.byCapacity(best)
	return [][]float64{best, between(best, capacities, 0.5), capacities}
}

// byCapacity returns the shares in proportion to what the servers bear, as far
// as that is known and their bounds allow.
func (f *fleet) byCapacity(best []float64) []float64 {
	shares, known, total := append([]float64{}, best...), 0.0, 0.0
	for i := range f.servers {
		if s := &f.servers[i]; s.bears() {
			shares[i] = s.capacity
			known, total = known+best[i], total+s.capacity
		}
	}
	for i := range f.servers {
		if f.servers[i].bears() {
			shares[i] = min(shares[i]*known/total, f.loads[i].High/f.total)
		}
	}
	return inSum1(shares)
}

// exceeds reports whether shares give a server more than it may get.
func (f *fleet) exceeds(shares, rates []float64) bool {
	for i, share := range shares {
		rate := float64(share * f.total)
		switch s := &f.servers[i]; {
		case s.bears() && (rate > float64(beyond*f.loads[i].High) || rate < float64(short*s.least)),
			!s.belief.Known() && rate > float64(1.5*rates[i])+float64(1e-3*f.total):
			return true
		}
	}
	return false
}

// upheaval returns what a change to the weights costs by itself, from those of
// the shares before, in requests present times seconds: a scheduler that counts closed connections sends a
// server whose weight grows new ones until it has its part of those, as fast as
// its active ones, which count factor times as much, let it.
func (f *fleet) upheaval(to []uint32, before []float64) float64 {
	if !f.remembers() {
		return 0
	}
	sum, closed, all := 0.0, f.closed(), 0.0
	for _, w := range to {
		all += float64(w)
	}
	for i, w := range to {
		s, share := &f.servers[i], float64(w)/all
		extra := float64(share*closed) - float64(s.InactiveConnections)
		if !s.bears() || share <= before[i] || extra <= 0 {
			continue
		}
		spare := f.loads[i].Spare(s.perSecond) / f.demand.requests()
		sum += float64(extra*extra) / (2 * f.factor * spare)
	}
	return sum
}

// unlucky divides the shares by what the servers get besides.
func (f *fleet) unlucky(shares []float64) {
	sum := 0.0
	for i := range shares {
		shares[i] /= f.servers[i].luck
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
}

func between(a, b []float64, part float64) []float64 {
	mixed := make([]float64, len(a))
	for i := range a {
		mixed[i] = float64((1-part)*a[i]) + float64(part*b[i])
	}
	return mixed
}

func inSum1(values []float64) []float64 {
	total, shares := sum(values), make([]float64, len(values))
	for i, v := range values {
		shares[i] = v / total
	}
	return shares
}
