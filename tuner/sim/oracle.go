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
	models  []model
	rate    float64   // connections per second
	shares  []float64 // best, in the scenario's order
	cost    float64   // mean seconds of a request under them; 0 is not known
	weights []uint32  // for them; nil where the scheduler takes none
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
	if math.Abs(rate-o.rate) > float64(rateMatters*o.rate) || !slices.Equal(models, o.models) {
		r.settleShares()
		o.models, o.rate = models, rate
		o.reckon(r.config.Service.Scheduler, r.demand())
	}
	if r.policy != Oracle {
		return nil
	}
	var changes []change
	for i, w := range o.weights {
		if s := &r.servers[i]; s.listed && !s.out {
			changes = append(changes, change{i, w})
		}
	}
	return r.write(changes)
}

// reckon finds the best shares under a scheduler, their cost, and the weights
// for them.
func (o *oracle) reckon(scheduler string, d demand) {
	o.shares, o.cost = best(o.models, float64(d.connections*d.requests))
	o.weights = weightsFor(scheduler, o.models, o.shares, d)
	switch scheduler {
	case "wrr":
		if o.cost > 0 {
			o.weights, o.cost = dealtWeights(o.models, o.shares, d)
			o.shares = tuner.SharesOf(o.weights)
		} else {
			o.weights = scaled(o.shares, largestDealt)
		}
	case "lc", "wlc", "sed", "nq", "lblc", "lblcr", "twos":
		o.cost = pooledCost(o.models, float64(d.connections*d.requests))
	}
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
	d := demand{connections: r.oracle.rate, requests: max(1, c.Requests), factor: 257}
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
