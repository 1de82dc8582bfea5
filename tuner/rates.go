package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"

const (
	// safely is how busy a server may become at once that was not as busy
	// before, as far as it is sure to bear that.
	safely = 0.9
	// overloaded is how busy a server must be that its share may fall at once.
	overloaded = 0.9
	// mostBusy is how busy all servers together are taken to be at most: beyond
	// it everything waits, and shares go by capacity.
	mostBusy = 0.97
	// joinersPart is what a server that has joined gets of an equal share until
	// it is known what it bears.
	joinersPart = 0.1
	// failingPart is what a failing server gets of everything: enough to see it
	// work again.
	failingPart = 1e-4
	// fewest requests in a period are what a server can be measured by. A slow
	// one gets as many, but not more than mostPart of an equal share, nor more
	// than add mostCost to the requests that are present everywhere.
	fewest   = 30
	mostPart = 0.1
	mostCost = 0.03
)

// rates returns the requests per second that each server is to get: those at
// which the fewest requests are present, within bounds.
func (f *fleet) rates() []float64 {
	rates := make([]float64, len(f.servers))
	rest, filled := f.total, f.filled[:0]
	loads := f.bearing[:0]
	for i := range f.servers {
		s := &f.servers[i]
		rates[i] = f.nowPerSecond(s)
		switch {
		case s.failing:
			rates[i] = float64(failingPart * f.total)
		case !s.belief.Known() && s.joined:
			rates[i] = f.ofEqual(joinersPart)
		case s.belief.Known():
			f.loads[i] = f.load(s, rates[i])
			loads, filled = append(loads, &f.loads[i]), append(filled, rates[i])
			continue
		}
		rest -= rates[i]
	}
	f.bearing, f.filled = loads, filled
	rest = max(rest, float64(0.01*f.total))
	widen(loads, rest)
	f.allotment.Allot(loads, filled, rest)
	for i, next := 0, 0; i < len(rates); i++ {
		if f.servers[i].bears() {
			rates[i] = filled[next]
			next++
		}
	}
	return rates
}

// nowPerSecond returns the requests per second that a server gets now.
func (f *fleet) nowPerSecond(s *server) float64 {
	if f.scheduler() != "wrr" && s.perSecond > 0 {
		return s.perSecond
	}
	return float64(s.share * f.total)
}

// ofEqual returns a part of an equal share, in requests per second.
func (f *fleet) ofEqual(part float64) float64 {
	return float64(part*f.total) / float64(len(f.servers))
}

// load returns what a server bears and the bounds of its rate. It goes up
// by the part that is allowed, or at once to what it is sure to bear; down by
// as much, or at once where it has too much.
func (f *fleet) load(s *server, rate float64) capacity.Server {
	l := f.curves.NewServer(s.belief)
	l.Backlog = f.backlog(s)
	if f.remembers() {
		l.Pool = f.total
	}
	l.Low = s.least
	if rate+l.Backlog < float64(overloaded*s.capacity) {
		l.Low = max(s.least, float64(rate*(1-f.limits.MaxChangeRatio)))
	}
	l.High = max(float64(rate*(1+f.limits.MaxChangeRatio)), l.Bears(safely), l.Low)
	return l
}

// least returns the rate by which a server can still be measured.
func (f *fleet) least(s *server) float64 {
	affordable := float64(mostCost*f.total) * f.usual / s.unloaded
	return min(f.ofEqual(mostPart), fewest/f.at.interval.Seconds(), affordable)
}

// widen raises the upper bounds in proportion where together they are below
// what is to be shared out, and lowers the lower ones likewise.
func widen(loads []*capacity.Server, total float64) {
	low, high := 0.0, 0.0
	for i := range loads {
		low, high = low+loads[i].Low, high+loads[i].High
	}
	const room = 1.001
	for i := range loads {
		if high < float64(room*total) {
			loads[i].High *= room * total / high
		}
		if float64(room*low) > total {
			loads[i].Low *= total / (room * low)
		}
	}
}

// backlog returns the requests per second that a server is to work off besides
// new ones: what is there beyond the usual, in two periods. Where only the
// director's counters tell, and not for the first time, connections are taken to be open without a request
// for as long as they last where that is shortest.
func (f *fleet) backlog(s *server) float64 {
	const usual, most = 10, 0.9
	idle := f.demand.Idle
	switch {
	case s.counters && s.again:
		idle = f.quickest
	case !f.demand.plain():
		return 0
	}
	there := usual + float64(idle*s.counted.perSecond)
	return min(max(0, float64(s.ActiveConnections)-there)/(2*f.at.interval.Seconds()), most*s.capacity)
}
