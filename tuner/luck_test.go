package tuner

import (
	"math"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// fleetOf returns the fleet of a scheduler's service with weights of 10, where
// so many requests per second come, each by a connection that is closed after
// it.
func fleetOf(scheduler string, perSecond float64, servers ...server) fleet {
	f := fleet{
		service: ipvs.VirtualService{ID: plantService, Scheduler: scheduler},
		factor:  257, servers: servers, limits: DefaultService().Weights,
		demand: demand{PerSecond: perSecond, Requests: 1, Open: true},
		at:     momentOf(after(10), after(0), plantConfig().Interval),
		curves: capacity.NewCurves(),
	}
	for i := range servers {
		s := &servers[i]
		if s.RealServer == nil {
			s.RealServer = &ipvs.RealServer{}
		}
		s.ID, s.Weight, s.luck, s.measured = plantServer(i), 10, 1, s.belief.Known()
		s.share = 1 / float64(len(servers))
		s.perSecond = perSecond * s.share
	}
	return f
}

func TestLuckIsOfHashing(t *testing.T) {
	for _, scheduler := range []string{"wrr", "wlc"} {
		f, states := fleetOf(scheduler, 100, counting(90, 10)...), &serviceState{Servers: make([]serverState, 2)}
		f.trackLuck(states)
		if states.Servers[0].Luck != 0 || f.servers[0].luck != 1 {
			t.Errorf("%s: luck %v", scheduler, states.Servers[0].Luck)
		}
	}
	f, states := fleetOf("mh", 0, counting(90, 10)...), &serviceState{Servers: make([]serverState, 2)}
	f.trackLuck(states)
	if states.Servers[0].Luck != 0 {
		t.Errorf("without a demand: luck %v", states.Servers[0].Luck)
	}
}

// TestLuckIsLearnt has one of two servers of equal weight get twice as much as
// the other, again and again; the third shows nothing.
func TestLuckIsLearnt(t *testing.T) {
	states := &serviceState{Servers: make([]serverState, 3)}
	var f fleet
	for n := range 20 {
		f = fleetOf("mh", 300, counting(133, 67, -1)...)
		f.trackLuck(states)
		if n == 0 && (states.Servers[0].Luck < 0.05 || states.Servers[0].Luck > 0.26) {
			t.Errorf("at once believed: %v", states.Servers[0].Luck)
		}
	}
	promised := f.shares([]uint32{10, 10, 10})
	if ratio := promised[0] / promised[1]; math.Abs(ratio-133.0/67) > 0.05 || math.Abs(sum(promised)-1) > 1e-9 {
		t.Errorf("shares expected are %v", promised)
	}
	if f.servers[2].luck != 1 {
		t.Errorf("luck of a server that was not counted: %v", f.servers[2].luck)
	}
	shares := []float64{0.4, 0.4, 0.2}
	f.unlucky(shares)
	f.lucky(shares)
	sameNumbers(t, shares, []float64{0.4, 0.4, 0.2})
}
