package sim

import "time"

// arrivals are the instants at which connections come. Those of a changing
// rate are drawn by thinning: candidates come at a constant rate that is
// nowhere exceeded, and each is kept with the chance of the true rate over it.
// The constant holds for one straight part of the curve; at its end, what has
// not come yet is drawn anew, as an exponential wait has no memory.
type arrivals struct {
	list  []time.Duration // those not yet come, instead of the rest
	lines []polyline      // the rate is their product
	times stream

	bursts   Bursts
	changes  stream // of bursts
	bursting bool
	until    time.Duration // the burst or the calm ends

	now    time.Duration // of the last candidate
	pieces []piece       // of the lines
	end    time.Duration // of the constant
	bound  float64       // candidates per nanosecond
	flat   bool          // all of them are kept
}

func newArrivals(t Traffic, seed uint64) *arrivals {
	a := &arrivals{list: t.Arrivals, times: newStream(seed, "arrivals"),
		bursts: t.Bursts, changes: newStream(seed, "bursts"), until: forever}
	if len(t.Arrivals) > 0 {
		return a
	}
	a.lines = t.lines()
	a.pieces = make([]piece, len(a.lines))
	if t.Bursts != (Bursts{}) {
		a.until = a.changes.wait(t.Bursts.Calm)
	}
	a.begin()
	return a
}

// lines returns the curves whose product is the rate, bursts left out.
func (t Traffic) lines() []polyline {
	lines := []polyline{{t.Curve, t.Repeat}}
	for _, s := range t.Surges {
		lines = append(lines, s.line())
	}
	return lines
}

// next returns the next instant, forever where nothing comes any more.
func (a *arrivals) next() time.Duration {
	if a.lines == nil {
		return a.listed()
	}
	for {
		gap := forever
		if a.bound > 0 {
			gap = nanoseconds(a.times.exponential() / a.bound)
		}
		if gap >= a.end-a.now {
			if a.end == forever {
				return forever
			}
			a.now = a.end
			a.begin()
			continue
		}
		a.now += gap
		if a.flat || float64(a.times.uniform()*a.bound) <= a.rate(a.now) {
			return a.now
		}
	}
}

func (a *arrivals) listed() time.Duration {
	if len(a.list) == 0 {
		return forever
	}
	t := a.list[0]
	a.list = a.list[1:]
	return t
}

// begin sets up the straight part of the curve that begins now.
func (a *arrivals) begin() {
	if a.now >= a.until {
		a.turn()
	}
	a.end, a.bound, a.flat = a.until, 1e-9, true
	for i, l := range a.lines {
		p := l.pieceAt(a.now)
		a.pieces[i] = p
		a.end = min(a.end, p.end)
		a.bound = float64(a.bound * max(p.from, p.to))
		a.flat = a.flat && p.from == p.to
	}
	if a.bursting {
		a.bound = float64(a.bound * a.bursts.Factor)
	}
}

// turn begins a burst or ends one.
func (a *arrivals) turn() {
	a.bursting = !a.bursting
	mean := a.bursts.Calm
	if a.bursting {
		mean = a.bursts.Burst
	}
	a.until = a.now + max(1, a.changes.wait(mean))
}

// rate returns the true rate per nanosecond at an instant of the pieces.
func (a *arrivals) rate(t time.Duration) float64 {
	rate := 1e-9
	for _, p := range a.pieces {
		rate = float64(rate * p.at(t))
	}
	if a.bursting {
		rate = float64(rate * a.bursts.Factor)
	}
	return rate
}

// meanRate returns the connections per second that are to be expected at an
// instant, over bursts and calm; of listed arrivals those of the time that
// follows, as long as a span.
func (t Traffic) meanRate(at, span time.Duration) float64 {
	if len(t.Arrivals) > 0 {
		return t.listedRate(at, span)
	}
	rate := 1.0
	for _, l := range t.lines() {
		rate = float64(rate * l.pieceAt(at).at(at))
	}
	if b := t.Bursts; b != (Bursts{}) {
		burst, calm := b.Burst.Seconds(), b.Calm.Seconds()
		rate = float64(rate * (float64(burst*b.Factor) + calm) / (burst + calm))
	}
	return rate
}

func (t Traffic) listedRate(at, span time.Duration) float64 {
	n := 0
	for _, arrival := range t.Arrivals {
		if arrival >= at && arrival < at+span {
			n++
		}
	}
	return float64(n) / span.Seconds()
}
