package sim

import (
	"cmp"
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const (
	// limitedFrom is the load from which on the oracle sets thresholds.
	limitedFrom = 0.95
	// spareRefusals is how many more requests it turns away than must be, as a
	// part of them: with fewer the servers are never idle and the queues long.
	spareRefusals = 0.05
)

// capacity returns the requests per second that the servers bear together.
func (o *oracle) capacity() float64 {
	sum := 0.0
	for _, m := range o.models {
		sum += m.capacity()
	}
	return sum
}

// beyond returns the requests per second that are more than the servers bear.
func (o *oracle) beyond(c Clients) float64 {
	return max(0, float64(o.rate*max(1, c.Requests))-o.capacity())
}

// admitted puts together what became of those not turned away.
func (r *run) admitted() Admitted {
	t := &r.tally
	failed := t.errors.Sum() - t.errors.Unserved
	return Admitted{
		MeanCostSeconds:  cost(t.times.total, failed, t.times.sum, r.config.Clients.Timeout),
		RefusedRatio:     float64(t.errors.Unserved) / float64(max(1, t.requests)),
		UnavoidableRatio: t.beyond / float64(max(1, t.requests)),
	}
}

// limitEvery returns the time between two instants at which the oracle sets
// thresholds: those at which the tuner looks.
func (r *run) limitEvery() time.Duration {
	return cmp.Or(r.config.Tuner.Watch, r.config.Tuner.Interval)
}

// limit lets the oracle set thresholds: none up to nearly full load, and above
// it the closed connections that there will be at the next time if the server
// is kept busy, and the requests that keep it so.
func (r *run) limit() error {
	o, d := &r.oracle, r.demand()
	load := float64(d.connections*d.requests) / max(o.capacity(), 1e-9)
	var changes []change
	for i := range r.servers {
		s, m := &r.servers[i], o.models[i]
		if !s.listed || s.out {
			continue
		}
		upper := uint32(0)
		if load > limitedFrom && m.capacity() > 0 {
			upper = uint32(max(1, r.closedNext(s, m.capacity())+float64(m.room(load))))
		}
		changes = append(changes, change{i, ipvs.Edit{UpperThreshold: &upper, LowerThreshold: &upper}})
	}
	return r.write(changes)
}

// closedNext returns the closed connections of a server, as the oracle has to
// allow for them until it next sets thresholds: more by what the server does,
// less by those that end meanwhile, which it did as long ago as they are kept;
// and one standard deviation more, since both are chance. Where they are kept
// for less than that time, it is what the server does while one is kept.
func (r *run) closedNext(s *realServer, capacity float64) float64 {
	d, every := r.demand(), r.limitEvery()
	does := capacity / d.requests
	span := min(every.Seconds(), d.closed)
	chance := math.Sqrt(float64(does * span))
	if every.Seconds() >= d.closed {
		return float64(does*d.closed) + chance
	}
	ago := r.now - min(r.now, closedFor(&r.config.Service))
	part := min(1, float64(r.config.Traffic.meanRate(ago, every)*d.requests)/r.oracle.capacity())
	return r.closed(s) + float64(does*(1-part)*span) + chance
}

// closed returns the inactive connections of a server.
func (r *run) closed(s *realServer) float64 {
	for _, known := range r.service.Servers(r.now) {
		if known.ID == s.ID {
			return float64(known.InactiveConnections)
		}
	}
	return 0
}

// room returns how many requests a server must be able to hold so that of
// those that come at a load above the capacity it turns away few more than it
// must, by the formula of M/M/c/K.
func (m model) room(load float64) int {
	const most = 100_000
	offered := float64(load * float64(m.workers))
	blocked := 1.0 // of a server that can hold n, by recursion
	must := max(0, 1-1/load)
	for n := 1; n < most; n++ {
		blocked = float64(offered*blocked) / (float64(min(n, m.workers)) + float64(offered*blocked))
		if n >= m.workers && blocked <= max(float64((1+spareRefusals)*must), 1e-3) {
			return n
		}
	}
	return most
}
