package tuner

import "slices"

const (
	// blind is which part of the closed connections' count the active ones make
	// up at most where they do not slow what a change of weights sets off.
	blind = 0.03
	// followed is the part of the closed connections that weights follow: a tenth
	// is taken to be as it will be, or what is off would stay so.
	followed = 0.9
	// enoughToFollow is the gain in the coming period from which on it is worth
	// it.
	enoughToFollow = 0.01
)

// aims returns the weights that the present ones lead to: these themselves
// where somebody else has set one.
func (f *fleet) aims(known *serviceState) []uint32 {
	aims := weightsOf(f.servers)
	for i := range aims {
		aim := known.Servers[i].Aim
		if aim == 0 || aim < f.limits.Min || aim > f.limits.Max || f.start.edited(f.servers[i].RealServer) {
			return weightsOf(f.servers)
		}
		aims[i] = aim
	}
	return aims
}

// lead returns the weights that lead to others and their shares: these
// themselves, but where the scheduler would send nearly all connections to the
// servers whose weights grow, until they have their part of the closed ones,
// the weights under which they have their shares meanwhile.
func (f *fleet) lead(known *serviceState, aims []uint32, shares []float64) []uint32 {
	for i := range aims {
		known.Servers[i].Aim = 0
	}
	if !f.blind(shares) {
		return aims
	}
	f.count(known)
	found := f.search.Candidates(f.scheduler(), shares, &f.traffic, f.weightLimits())
	if len(found) == 0 {
		return aims
	}
	for i := range aims {
		known.Servers[i].Aim = aims[i]
	}
	return found[len(found)-1].Weights
}

// follow leads on to what was aimed at, if that is worth it.
func (f *fleet) follow(known *serviceState, aims []uint32, shares []float64) decision {
	settled := hold(CodeSettled, "there is nothing to gain")
	if !f.remembers() || !f.blind(shares) && slices.Equal(aims, weightsOf(f.servers)) {
		return settled
	}
	flows := f.flowsNow()
	weights := f.lead(known, aims, shares)
	f.now = f.sharesNow()
	gain := gained(f.presentUnder(flows, f.now), f.presentUnder(flows, f.shares(weights)))
	if f.traffic.Held != nil && gain < enoughToFollow {
		return settled
	}
	return decision{action: Apply, code: f.cause(), weights: weights, reason: saves(gain)}
}

// blind reports whether the scheduler goes by closed connections alone, nearly.
func (f *fleet) blind(shares []float64) bool {
	if !f.remembers() {
		return false
	}
	active := 0.0
	for i := range f.servers {
		active += float64(shares[i] * f.traffic.Rate * f.traffic.Active[i])
	}
	return float64(f.factor*active) < float64(blind*f.closed())
}

// count has the traffic hold the closed connections that there will be in the
// middle of the coming period.
func (f *fleet) count(known *serviceState) {
	there, gone := f.closed(), 0.0
	for i := range f.servers {
		gone += f.servers[i].counted.gone
	}
	middle := f.at.interval.Seconds() / 2
	lasts := middle
	if gone > 0 {
		lasts = min(middle, there/gone)
	}
	going := known.going(f, middle)
	f.traffic.Held = make([]float64, len(f.servers))
	for i := range f.servers {
		s := &f.servers[i]
		goes := float64(middle * s.counted.gone) // as in the last period, where it is not known
		if going != nil {
			goes = going[i]
		}
		f.traffic.Inactive[i] = float64(followed*lasts) + float64((1-followed)*there)/f.traffic.Rate
		f.traffic.Held[i] = followed * max(0, float64(s.InactiveConnections)-goes)
	}
}
