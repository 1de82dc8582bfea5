package tuner

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// failureSeconds is what a failed request counts as, in seconds of waiting: as
// long as clients commonly wait before they give up.
const failureSeconds = 10.0

// fleet is a virtual service as one step sees it.
type fleet struct {
	service ipvs.VirtualService
	factor  float64 // the director's overhead factor
	limits  Weights
	demand  demand
	at      moment
	curves  *capacity.Curves
	start   baseline // of the service

	forbidden *decision // why nothing is to be written; nil is that nothing speaks against it

	total    float64         // requests per second that are shared out
	waiting  float64         // requests predicted to be present under the present weights; 0 is not known
	usual    float64         // seconds that a request takes without load, the mean by capacity
	quickest float64         // least latency of a server, in seconds
	traffic  sharing.Traffic // at the rates that are wanted
	now      []float64       // shares that the present weights bring, once that was asked

	room
}

// room is what one virtual service took and the next one can take up again.
type room struct {
	servers   []server           // the available ones
	loads     []capacity.Server  // what the servers bear, where that is known
	bearing   []*capacity.Server // those of them where it is
	filled    []float64          // their rates
	dealt     []capacity.Flow    // under the present weights, once that was asked
	tried     []capacity.Flow    // under others
	byLevel   []capacity.Flow    // of the weights that are looked at
	evenness  sharing.Evenness
	allotment capacity.Allotment
	peers     peers
	surprises []float64 // how far readings were off
	search    sharing.Search
}

// next returns the room of a service that has these servers.
func (r room) next(servers []ipvs.RealServer) room {
	r.servers, r.dealt = available(servers, r.servers), r.dealt[:0]
	return r
}

// bound narrows the bounds of shares in a step that is made early, or soon after
// such a one, unless a server fails: the others must take its part at once.
func (f *fleet) bound() {
	if !slices.ContainsFunc(f.servers, func(s server) bool { return s.failing }) {
		f.limits.MaxChangeRatio *= min(1, f.at.periods)
	}
}

// scheduler returns the name of the service's.
func (f *fleet) scheduler() string { return f.service.Scheduler }

// remembers reports whether the scheduler counts closed connections too, so
// that it makes up for a change of weights as long as they last.
func (f *fleet) remembers() bool {
	switch f.scheduler() {
	case "wlc", "lblc", "lblcr", "twos":
		return true
	}
	return false
}

// hashes reports whether the scheduler ties clients to servers.
func (f *fleet) hashes() bool { return f.scheduler() == "mh" || f.scheduler() == "sh" }

// flows returns how the scheduler hands out requests under the weights: wrr in
// its own order, others about as by chance.
func (f *fleet) flows(weights []uint32, room []capacity.Flow) []capacity.Flow {
	flows := room[:0]
	if f.scheduler() != "wrr" {
		for range weights {
			flows = append(flows, capacity.Chance())
		}
		return flows
	}
	of := f.levels(weights)
	for _, level := range of {
		flows = append(flows, f.byLevel[level])
	}
	return flows
}

// levels reckons the flow of each level of weight under wrr, and returns which
// of them servers have. Of many servers, runs are told by the gaps alone.
func (f *fleet) levels(weights []uint32) (of []int32) {
	f.byLevel = f.byLevel[:0]
	if len(weights) >= many {
		variations, of := f.evenness.Variations(weights)
		for _, v := range variations {
			f.byLevel = append(f.byLevel, capacity.Dealt(v))
		}
		return of
	}
	deals, of := f.evenness.Deals(weights)
	for _, d := range deals {
		f.byLevel = append(f.byLevel, capacity.InRuns(d.Share, d.Bunch, d.Ahead))
	}
	return of
}

// flowsNow returns how the scheduler hands out requests now.
func (f *fleet) flowsNow() []capacity.Flow {
	if len(f.dealt) == 0 {
		f.dealt = f.flows(weightsOf(f.servers), f.dealt)
	}
	return f.dealt
}

// shares returns the shares of connections that weights bring in the end; those
// of wrr where the traffic is such that nothing can be told.
func (f *fleet) shares(weights []uint32) []float64 {
	shares := f.search.Shares(f.scheduler(), weights, &f.traffic)
	if shares == nil {
		shares = SharesOf(weights)
	}
	f.lucky(shares)
	return shares
}

// lucky takes in what servers get besides what their weights promise.
func (f *fleet) lucky(shares []float64) {
	if f.fair() {
		return
	}
	sum := 0.0
	for i := range shares {
		shares[i] = float64(shares[i] * f.servers[i].luck)
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
}

// present returns how many requests are there under weights and the shares
// that they bring. A failing server's count as waiting.
func (f *fleet) present(weights []uint32, shares []float64) float64 {
	if f.scheduler() != "wrr" {
		return f.presentUnder(f.flowsNow(), shares)
	}
	f.tried = f.flows(weights, f.tried)
	return f.presentUnder(f.tried, shares)
}

// flow returns the flow of requests to a server that has a share of them: another
// one than if the scheduler does not go by connections.
func (f *fleet) flow(dealt capacity.Flow, share float64) capacity.Flow {
	if f.remembers() {
		return capacity.Pooled(share)
	}
	return dealt
}

// presentUnder is present under flows of requests.
func (f *fleet) presentUnder(flows []capacity.Flow, shares []float64) float64 {
	sum := 0.0
	for i, share := range shares {
		rate := float64(share * f.total)
		switch s := &f.servers[i]; {
		case s.failing:
			sum += float64(rate * failureSeconds)
		case s.bears():
			sum += f.loads[i].Present(f.flow(flows[i], share), rate+f.loads[i].Backlog)
		}
	}
	return sum
}
