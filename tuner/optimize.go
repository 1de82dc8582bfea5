package tuner

import (
	"math"
	"strconv"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

const (
	// leastGain is the gain of a write, as a part of the requests present, that
	// is not taken for one.
	leastGain = 0.003
	// enoughGain is the sum of the gains beyond it, period by period, from
	// which on a write is worth it: one of 2.3 % at once, one of 1 % if it lasts
	// for three periods.
	enoughGain = 0.02
	// enoughMended is the same under a scheduler that goes by connections, and so
	// makes up for much of what a write does wrong.
	enoughMended = 0.012
	// byLuck is how much of the gain of wrr's weights for many servers is none:
	// of so many candidates, best is the one that is overrated.
	byLuck = 0.003
)

// optimize gives the servers the weights under which the fewest requests are
// predicted to wait or to be worked on: by Little's law, the least mean latency.
// worth is what a write was seen to be worth up to now, and is brought up to
// date.
func (f *fleet) optimize(known *serviceState) decision {
	worth := &known.Worth
	known.noteFailing(f.servers, false)
	if !f.prepare() {
		return f.nothing()
	}
	f.trackLuck(known)
	rates := f.rates()
	f.expect(rates)
	aims := f.aims(known)
	now := f.shares(aims)
	if !f.remembers() {
		f.now = now
	}
	present := f.presentUnder(f.flowsNow(), now)
	f.waiting = present
	slack, urgent := f.slack(present, rates), f.urgent(rates, now)
	if !urgent && f.lulled(known, slack) {
		return f.follow(known, aims, now)
	}
	best := f.choose(rates, now, aims)
	gain := gained(present, best.present) - f.overrated()
	*worth = known.Lull.worth(*worth, gain, f.at)
	known.Lull = lull{}
	switch {
	case best.weights == nil:
		return hold(CodeRange, "no weights within the bounds bring about the shares")
	case *worth < f.enough() && !urgent:
		known.Lull = lull{Since: f.at.now, Gain: gain, Slack: slack}
		return f.follow(known, aims, now)
	}
	*worth = 0
	return decision{action: Apply, code: f.cause(), weights: f.lead(known, best.weights, best.shares), reason: saves(gain)}
}

// enough returns what a write must be worth.
func (f *fleet) enough() float64 {
	if f.remembers() {
		return enoughMended
	}
	return enoughGain
}

// overrated returns by how much the best weights of those that were tried are.
func (f *fleet) overrated() float64 {
	if f.scheduler() == "wrr" && len(f.servers) >= many {
		return byLuck
	}
	return 0
}

// gained returns which part of the requests present is saved; 0 where none are
// that anything is known of.
func gained(before, after float64) float64 {
	if before == 0 {
		return 0
	}
	return (before - after) / before
}

// saves says what a write is for. Without a gain it is urgent.
func saves(gain float64) string {
	if gain < leastGain {
		return "a real server gets far from what it is to get"
	}
	return "saves about " + strconv.Itoa(int(math.Round(100*gain))) + " % of the time that requests take"
}

// prepare reckons what is to be shared out, and reports whether that makes
// sense.
func (f *fleet) prepare() bool {
	all := 0.0
	f.quickest = mostSeconds
	for i := range f.servers {
		if s := &f.servers[i]; s.bears() {
			if s.measured {
				f.quickest = min(f.quickest, s.latency)
			}
			s.capacity, s.deviation = s.belief.Capacity()
			s.unloaded = s.belief.Unloaded()
			all += s.capacity
			f.usual += float64(s.capacity * s.unloaded)
		}
	}
	f.usual /= all
	f.total = min(f.asked(), float64(mostBusy*all))
	for i := range f.servers {
		if s := &f.servers[i]; s.bears() {
			s.least = f.least(s)
		}
	}
	f.loads = append(f.loads[:0], make([]capacity.Server, len(f.servers))...)
	return f.total > 0
}

// asked returns the requests per second that are expected, as counted at the
// director, or as measured where nothing has been counted yet.
func (f *fleet) asked() float64 {
	if f.demand.PerSecond > 0 {
		return float64(f.demand.PerSecond * f.demand.requests())
	}
	sum := 0.0
	for i := range f.servers {
		sum += f.servers[i].perSecond
	}
	return sum
}

// nothing says why there is nothing to share out.
func (f *fleet) nothing() decision {
	for i := range f.servers {
		if f.servers[i].bears() {
			return hold(CodeIdle, "no connections were counted")
		}
	}
	return hold(CodeNoObservations, "it is not known yet what a real server bears")
}

// expect reckons how long connections typically last at the rates. On average
// over what servers may bear it would be hours as soon as one may be overrun, and
// a scheduler that goes by connections would be taken to shun that one.
func (f *fleet) expect(rates []float64) {
	f.traffic.Rate, f.traffic.Factor = f.demand.PerSecond, f.factor
	f.traffic.Active, f.traffic.Inactive = make([]float64, len(rates)), make([]float64, len(rates))
	for i := range f.servers {
		f.traffic.Active[i] = f.demand.Idle
		if s := &f.servers[i]; s.bears() {
			rate := max(rates[i], float64(1e-6*f.total))
			took := f.loads[i].Typical(rate) / rate
			f.traffic.Active[i] += min(float64(f.demand.requests()*took), mostSeconds)
		}
		f.traffic.Inactive[i] = stay
	}
}

// sharesNow returns the shares that the present weights bring.
func (f *fleet) sharesNow() []float64 { return f.shares(weightsOf(f.servers)) }

// urgent reports whether a server that has joined gets much more than it is to
// begin with, or one that fails, unless it is known that the others do not bear
// all: what it gets is lost for sure. So is it if another gets much less than it
// is to get: that is beyond what noise does, and tells of it where little is
// known.
func (f *fleet) urgent(rates, now []float64) bool {
	lost := false
	for i := range f.servers {
		s, rate := &f.servers[i], float64(now[i]*f.total)
		much := rate > 2*rates[i]
		if s.joined && much || s.bears() && rate < float64(scarce*rates[i]) {
			return true
		}
		lost = lost || s.failing && much
	}
	return lost && f.asked() <= float64(mostBusy*f.mayBear())
}

// mayBear returns the requests per second that the servers together bear, if it
// is as much as it may well be.
func (f *fleet) mayBear() float64 {
	sum := 0.0
	for i := range f.servers {
		if s := &f.servers[i]; s.bears() {
			sum += float64(s.capacity * exact.Exp(s.deviation))
		}
	}
	return sum
}

// cause returns why weights change, as one word.
func (f *fleet) cause() Code {
	code := CodeGain
	for i := range f.servers {
		switch s := &f.servers[i]; {
		case s.failing:
			return CodeFailing
		case s.joined:
			code = CodeJoined
		}
	}
	return code
}
