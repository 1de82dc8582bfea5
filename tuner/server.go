package tuner

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// server is an available real server as one step sees it.
type server struct {
	*ipvs.RealServer
	share   float64 // of new connections, by the weights; above 0
	counted counted // since the last step

	gathered *resting // in a rest before this step; nil is nothing

	source    string // of the latency; "" is the director
	errors    string // the source of the errors where that is another; "" is none
	heard     bool   // something was measured of it since the last step
	measured  bool   // latency and variance are known
	counters  bool   // the latency is by the director\'s counters
	sessions  bool   // its connections were, at the last step
	again     bool   // something was known of it by this source before
	idle      bool   // measured to have had no request
	failing   bool   // fails its requests, or hangs
	hangs     bool
	joined    bool    // came into the table, and nothing is known of it yet
	latency   float64 // seconds, smoothed
	variance  float64 // of its logarithm
	perSecond float64 // requests, as measured; 0 is not known
	age       float64 // seconds since the window of the latency began

	belief capacity.Belief // of what it bears, as the others' bear on it
	luck   float64         // by what factor it gets more connections than its weight promises

	// By the belief, once it is reckoned what there is to share out.
	capacity  float64 // requests per second
	deviation float64 // the standard one of its logarithm
	unloaded  float64 // seconds that a request takes without load
	least     float64 // requests per second by which it can still be measured

	reason Reason
}

// bears reports whether it is known what the server bears.
func (s *server) bears() bool { return s.belief.Known() && !s.failing }

// bearing returns what the server bears by its belief, as [capacity.Belief.Capacity]
// does.
func (s *server) bearing() (perSecond, deviation float64) {
	if s.capacity > 0 {
		return s.capacity, s.deviation
	}
	return s.belief.Capacity()
}

// available returns the servers with a weight above 0, with their shares.
// The buffer's are overwritten.
func available(all []ipvs.RealServer, buffer []server) []server {
	servers := slices.Grow(buffer[:0], len(all))
	for i := range all {
		if all[i].Weight > 0 {
			servers = append(servers, server{RealServer: &all[i], luck: 1})
		}
	}
	for i, share := range SharesOf(weightsOf(servers)) {
		servers[i].share = share
	}
	return servers
}

func weightsOf(servers []server) []uint32 {
	weights := make([]uint32, len(servers))
	for i := range servers {
		weights[i] = servers[i].Weight
	}
	return weights
}
