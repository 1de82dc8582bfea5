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
		factor:  257, room: room{servers: servers}, limits: DefaultService().Weights,
		demand: demand{PerSecond: perSecond, Requests: 1, Open: true},
		at:     momentOf(stampAfter(10), stampAfter(0), plantConfig().Interval),
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

// lucks returns what is known of the luck of the fleet's servers.
func (f *fleet) lucks(known *serviceState) []float64 {
	lucks := make([]float64, len(f.servers))
	for i := range f.servers {
		lucks[i] = known.Servers[i].Luck
	}
	return lucks
}

// TestSteadySchedulersHaveNoLuck has those that make up for it, or deal evenly.
func TestSteadySchedulersHaveNoLuck(t *testing.T) {
	for _, scheduler := range []string{"wrr", "wlc"} {
		f := prepared(t, fleetOf(scheduler, 100, knownCounting(90, 10)...))
		known := blank(f)
		f.trackLuck(known)
		if got := f.lucks(known); got[0] != 0 || f.servers[0].luck != 1 {
			t.Errorf("%s: luck %v", scheduler, got)
		}
	}
}

// knownCounting is counting of servers that bear a thousand each.
func knownCounting(rates ...float64) []server {
	servers := counting(rates...)
	for i := range servers {
		servers[i].belief = bearing(1000, 0.01).belief
	}
	return servers
}

// TestLuckIsLearnt has one of two servers of equal weight get twice as much as
// the other, again and again; the third shows nothing.
func TestLuckIsLearnt(t *testing.T) {
	known := &serviceState{Servers: make([]serverState, 3)}
	var f *fleet
	for n := range 30 {
		f = prepared(t, fleetOf("mh", 300, knownCounting(133, 67, -1)...))
		f.trackLuck(known)
		if got := f.lucks(known)[0]; n == 0 && (got < 0.05 || got > 0.26) {
			t.Errorf("at once believed: %v", got)
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

func TestLuckHasBounds(t *testing.T) {
	known := &serviceState{Servers: make([]serverState, 2)}
	for range 100 {
		f := prepared(t, fleetOf("sh", 1e6, knownCounting(1e6, 0.1)...))
		f.trackLuck(known)
		if got := f.lucks(known); math.Abs(got[0]) > mostLuck || math.Abs(got[1]) > mostLuck {
			t.Fatalf("luck %v", got)
		}
	}
}
