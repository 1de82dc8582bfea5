package starter

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sharing"
)

// advice is what is written of a virtual service besides what it is.
type advice struct {
	policy    tuner.Policy
	scheduler string   // to use instead; "" where the service's own will do
	notes     []string // the same for all services to which the same applies
	max       uint32   // of the weights; 0 is the default
}

const (
	noteUncounted = "Its connections are never active, so that the director's counters tell of no latency. It wants a source that does (docs/sources.md), and policy: optimize."
	noteMark      = "A firewall mark tells no address, which when: address would want. If it marks UDP, the director's counters tell of no latency: give it another source (docs/sources.md)."
	noteSticky    = "Persistent: clients stay at their servers, so that weights move new clients alone."
	noteOneWay    = "By direct routing or a tunnel the director's counters tell little of a latency: let the tuner time answers by the packets that clients send, as root or with the drop-in latency.conf (docs/sources.md)."
	noteNoServer  = "It has no real servers now; those that come are tuned."
	noteAllZero   = "All weights are 0. Such a weight is somebody's word: the tuner changes none, and so nothing here."
	noteSomeZero  = "A weight of 0 is somebody's word: the tuner leaves those servers alone."
	noteOneServer = "With one available real server there is nothing to share out."
	noteTooLarge  = "A weight is above 65535, the most that the tuner writes."
)

// mostWritten is the largest weight that a configuration allows.
const mostWritten = 65535

// advise says what suits a virtual service.
func advise(v *ipvs.VirtualService) advice {
	a := advice{policy: tuner.Optimize}
	if why := sharing.Refusal(v); why != "" {
		a.policy, a.scheduler = tuner.Static, sharing.Instead(why)
		a.notes = append(a.notes, "Not tuned: the scheduler "+v.Scheduler+" "+why+".")
	}
	if uncounted(v) {
		a.policy = tuner.Static
		a.notes = append(a.notes, noteUncounted)
	}
	if v.ID.Mark != 0 {
		a.notes = append(a.notes, noteMark)
	}
	if v.Flags.Has(ipvs.FlagPersistent) {
		a.notes = append(a.notes, noteSticky)
	}
	a.notes = append(a.notes, noteServers(v.Servers)...)
	largest := largestWeight(v.Servers)
	if largest > tuner.DefaultService().Weights.Max {
		a.max = mostWritten
	}
	if largest > mostWritten {
		a.notes = append(a.notes, noteTooLarge)
	}
	return a
}

// uncounted reports whether the director counts no active connections.
func uncounted(v *ipvs.VirtualService) bool {
	return v.ID.Protocol == ipvs.UDP || v.Flags.Has(ipvs.FlagOnePacket)
}

func noteServers(servers []ipvs.RealServer) []string {
	var notes []string
	available, oneWay := 0, false
	for i := range servers {
		if servers[i].Weight > 0 {
			available++
		}
		f := servers[i].Forward
		oneWay = oneWay || f == ipvs.Route || f == ipvs.Tunnelled
	}
	if oneWay {
		notes = append(notes, noteOneWay)
	}
	switch {
	case len(servers) == 0:
		return append(notes, noteNoServer)
	case available == 0:
		return append(notes, noteAllZero)
	case available < len(servers):
		notes = append(notes, noteSomeZero)
	}
	if available == 1 {
		notes = append(notes, noteOneServer)
	}
	return notes
}

func largestWeight(servers []ipvs.RealServer) uint32 {
	largest := uint32(0)
	for i := range servers {
		largest = max(largest, servers[i].Weight)
	}
	return largest
}
