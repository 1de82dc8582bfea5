package sim

import (
	"math"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// oracle knows how the traffic should be shared out.
type oracle struct {
	models []model
	rate   float64 // connections per second
	advice
}

// rateMatters is the change of the traffic's rate, as a part of it, from which
// on the oracle reckons anew.
const rateMatters = 0.02

// leastRate is what it takes no traffic at all for, in connections per second.
const leastRate = 1e-3

// retarget lets the oracle take in how things stand, and act if it is the
// policy.
func (r *run) retarget() error {
	o := &r.oracle
	interval := r.config.Tuner.Interval
	rate := max(leastRate, r.config.Traffic.meanRate(r.now+interval/2, interval))
	models := r.models()
	r.tally.overload(r.now, o.beyond(r.config.Clients))
	if math.Abs(rate-o.rate) > float64(rateMatters*o.rate) || !slices.Equal(models, o.models) {
		r.settleShares()
		o.models, o.rate = models, rate
		o.advice = r.player.advice(r.config.Service.Scheduler, models, r.demand())
	}
	if r.policy != Oracle {
		return nil
	}
	var changes []change
	for i, w := range o.weights {
		if s := &r.servers[i]; s.listed && !s.out {
			changes = append(changes, change{i, ipvs.Edit{Weight: &w}})
		}
	}
	return r.write(changes)
}

// reckon finds the best shares under a scheduler, their cost, and the weights
// for them.
func reckon(scheduler string, models []model, d demand) (a advice) {
	requests := float64(d.connections * d.requests)
	a.shares, a.cost = best(models, requests)
	known := a.cost > 0
	switch {
	case scheduler == "wrr" && known:
		a.weights, a.cost = dealtWeights(models, a.shares, d)
		a.shares = tuner.SharesOf(a.weights)
		return a
	case scheduler == "wrr":
		a.weights = d.usable(scaled(a.shares, slices.Max(sizes(a.shares))), models)
		return a
	case triable(scheduler) && known && d.requests == 1 && d.idle == 0:
		a.weights, a.shares, a.cost = tried(scheduler, models, a.shares, d)
		return a
	}
	a.weights = weightsFor(scheduler, models, a.shares, d)
	switch scheduler {
	case "lc", "wlc", "sed", "nq", "lblc", "lblcr", "twos":
		a.cost = pooledCost(models, requests)
	}
	return a
}

func (r *run) models() []model {
	models := make([]model, len(r.servers))
	for i := range r.servers {
		models[i] = r.servers[i].model(r.config.Clients.Timeout)
	}
	return models
}

// demand returns what the oracle knows of the clients.
func (r *run) demand() demand {
	c, s := &r.config.Clients, &r.config.Service
	d := demand{connections: r.oracle.rate, requests: max(1, c.Requests), factor: 257, eject: r.config.Tuner.Settings.Weights.Eject}
	d.idle = float64((d.requests-1)*c.Think.Seconds()) + c.Hold.Seconds()
	d.closed = closedFor(s).Seconds()
	if s.OverheadFactor != 0 {
		d.factor = float64(s.OverheadFactor)
	}
	if protocolOf(s.ID) == ipvs.UDP {
		d.factor = 1 // such a connection is never active
	}
	return d
}

// closedFor returns how long the director keeps a connection that is over: in
// TIME_WAIT where it sees both ways, else in FIN_WAIT.
func closedFor(s *Service) time.Duration {
	const timeWait, usualUDP = 120 * time.Second, 300 * time.Second
	switch protocol := protocolOf(s.ID); {
	case protocol == ipvs.UDP && s.Timeouts.UDP != 0:
		return s.Timeouts.UDP
	case protocol == ipvs.UDP:
		return usualUDP
	case s.Forward != ipvs.Masq && s.Timeouts.TCPFin != 0:
		return s.Timeouts.TCPFin
	}
	return timeWait
}
