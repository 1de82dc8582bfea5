package tuner

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// State is what a step leaves to the next one. The zero State knows nothing.
type State struct {
	Time     time.Time                       `json:"time,omitzero"` // of the step
	Services map[ipvs.ServiceID]serviceState `json:"services,omitempty"`
	Baseline baselines                       `json:"baseline,omitempty"`
}

// serviceState is what is known of a virtual service.
type serviceState struct {
	Time     stamp         `json:"time,omitzero"` // of the last step, an early one too
	Out      []serverState `json:"out,omitempty"` // servers that the tuner has set to 0, by identity
	Demand   demand        `json:"demand"`
	Noise    float64       `json:"noise,omitempty"`
	Worth    float64       `json:"worth,omitempty"` // of a write, that was seen up to now
	Lull     lull          `json:"lull,omitzero"`
	Changed  stamp         `json:"changed,omitzero"` // the weights, as far as steps have seen
	Scaling  scaling.State `json:"scaling,omitzero"`
	Limiting limiting      `json:"limiting,omitzero"`
	Rest     rest          `json:"rest,omitzero"`
	Guard    guarding      `json:"guard,omitzero"`
	Lasting  stamp         `json:"lasting,omitzero"`  // connections, by the director's counters: when they were last seen to be sessions; zero is none
	Slots    []float64     `json:"slots,omitempty"`   // seconds in which connections came that the director counts still, the oldest first; see noteComing
	Servers  []serverState `json:"servers,omitempty"` // by identity, without the quiescent ones
}

// track notes when the weights changed: after the step before, if they are
// others than at that. A clock that was set back makes that now.
func (s *serviceState) track(servers []server, at moment) {
	if s.Changed > at.now {
		s.Changed = at.now
	}
	for i := range servers {
		before := s.Servers[i].Share
		if before != 0 && before != servers[i].share {
			s.Changed = at.now.add(-time.Duration(at.periods * float64(at.interval)))
			return
		}
	}
}

// fresh reports whether a measurement is of the weights that stand, and not of
// those before.
func (s *serviceState) fresh(v *server, at moment) bool {
	const room = 0.3 // of an interval: steps are not to the second
	began := at.now.add(-time.Duration(v.age * float64(time.Second)))
	return began >= s.Changed.add(-time.Duration(room*float64(at.interval)))
}

// serverState is what is known of a real server. What is added to it is added
// to [row.values] too, and to round where the file has less of it.
type serverState struct {
	ID         ipvs.ServerID
	Window     window
	Estimate   estimate
	Belief     capacity.Belief
	Glance     glance
	Luck       float64
	Limit      limits.State
	Hangs      stamp // since when it is taken to; zero is not
	Pile       pile
	Outage     outage
	Source     string  // of the estimate; "" is the director
	Share      float64 // at the last step; 0 before it
	ObservedAt stamp   // end of the last window taken in
	ErrorsAt   stamp   // the same of another source's errors
	Came       []byte  // connections in the last of the service's slots; see packed
	Aim        uint32  // weight that the present one leads to; 0 is that itself
	Failing    bool
	Ends       bool // it was taken to hang by mistake, in this period
	Joined     bool // since the last step, and not measured yet
	Relieved   bool // it failed, and is to get back what it had if connections are sessions
}

// mostDemand is of connections per second, and of requests to each, beyond what
// a step leaves.
const mostDemand = 1e18

// forget drops a virtual service that is gone, as a step does: one that is there
// again later is another one, whose weights nobody has edited.
func (s *State) forget(id ipvs.ServiceID) {
	s.Baseline = maps.Clone(s.Baseline)
	delete(s.Services, id)
	delete(s.Baseline, id)
}

// States are by network namespace: by its file, "" for the program's own, or by
// its name where the file is not known.
type States map[string]State

// clone returns a copy whose states can be replaced.
func (s States) clone() States {
	c := make(States, len(s))
	maps.Copy(c, s)
	return c
}

// Find returns the file of the network namespace of that name, or the name
// where the states have none.
func (s States) Find(netns string) string {
	for _, file := range slices.Sorted(maps.Keys(s)) {
		if (Netns{File: file}).name() == netns {
			return file
		}
	}
	return netns
}

// unsound returns a server whose values are not among those that a step leaves,
// nil where there is none.
func (s State) unsound() *Target {
	for service, v := range s.Services {
		if !v.sound() || !v.soundSlots() || !v.Rest.sound(len(v.Servers)) || !v.Scaling.Sound() || !(v.Limiting.FinSeconds >= 0) || v.Limiting.Held < 0 || !v.Guard.sound() {
			return &Target{Service: service}
		}
		for _, servers := range [][]serverState{v.Servers, v.Out} {
			for i := range servers {
				known := &servers[i]
				inOrder := i == 0 || servers[i-1].ID.Compare(known.ID) < 0
				if !inOrder || !known.sound() {
					return &Target{Service: service, Server: known.ID}
				}
			}
		}
	}
	return s.Baseline.unsound()
}

func (s *serviceState) sound() bool {
	d := s.Demand
	return d.PerSecond >= 0 && d.PerSecond <= mostDemand && d.Requests >= 0 && d.Requests <= mostDemand &&
		d.Idle >= 0 && d.Idle <= mostSeconds && s.Worth >= 0 && s.Worth <= 1 && s.Lull.sound() &&
		(s.Noise == 0 || s.Noise >= 1 && s.Noise <= mostNoise)
}

func (s *serviceState) soundSlots() bool {
	longer := func(known serverState) bool { return len(known.Came) > len(s.Slots) }
	impossible := func(seconds float64) bool { return !(seconds > 0 && seconds <= stay) }
	return len(s.Slots) <= mostSlots && !slices.ContainsFunc(s.Slots, impossible) && !slices.ContainsFunc(s.Servers, longer)
}

// sound reports whether the values are among those that a step leaves.
func (s *serverState) sound() bool {
	w := &s.Window
	return s.Share >= 0 && s.Share <= 1 && s.Estimate.sound() && s.Belief.Sound() && math.Abs(s.Luck) <= mostLuck &&
		s.Limit.Sound() && s.Outage.sound() && s.Pile.sound() && s.ID.IsValid() &&
		w.Samples >= 0 && w.Seconds >= 0 && (w.Samples > 0) == (w.Seconds > 0) &&
		w.ActiveSeconds >= 0 && w.SquareSeconds >= 0 &&
		w.To.Connections >= w.From.Connections && w.To.Time >= w.From.Time &&
		(w.To.Connections == w.From.Connections) == (w.To.Time == w.From.Time)
}
