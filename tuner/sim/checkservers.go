package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func checkServers(k *checker, servers []Server, family ipvs.Family) {
	if len(servers) == 0 || len(servers) > 10000 {
		k.fail("servers", "%d are not from 1 to 10000", len(servers))
	}
	seen := make(map[ipvs.ServerID]bool)
	for i, s := range servers {
		field := fmt.Sprintf("servers[%d].", i)
		if !s.ID.IsValid() || ipvs.FamilyOf(s.ID.Addr()) != family {
			k.fail(field+"id", "is no %s address and port", family)
		}
		if seen[s.ID] {
			k.fail(field+"id", "%s is there twice", s.ID)
		}
		seen[s.ID] = true
		s.check(k, field)
	}
}

func (s Server) check(k *checker, field string) {
	k.number(field+"weight", float64(s.Weight), 0, 65535)
	k.number(field+"upper_threshold", float64(s.UpperThreshold), 0, 1<<31-1)
	if s.LowerThreshold > s.UpperThreshold {
		k.fail(field+"lower_threshold", "%d is over the upper one, %d", s.LowerThreshold, s.UpperThreshold)
	}
	if s.Discipline != FIFO && s.Discipline != ProcessorSharing {
		k.fail(field+"discipline", "%q is neither %s nor %s", s.Discipline, FIFO, ProcessorSharing)
	}
	k.number(field+"workers", float64(s.Workers), 1, 1e6)
	if s.Speed != 0 {
		k.number(field+"speed", s.Speed, 1e-6, 1e6)
	}
	k.number(field+"limit", float64(s.Limit), 0, 1e9)
	k.number(field+"backlog", float64(s.Backlog), 0, 1e9)
	s.ServiceTime.check(k, field+"service_time")
}

// longestMean is the longest mean service time: draws far above it still fit.
const longestMean = time.Hour

func (t ServiceTime) check(k *checker, field string) {
	switch t.Distribution {
	case Sampled:
		if len(t.Samples) == 0 {
			k.fail(field+".samples", "are missing")
		}
		for i, d := range t.Samples {
			if d <= 0 || d > longestMean {
				k.fail(fmt.Sprintf("%s.samples[%d]", field, i), "%v is not above 0s and at most %v", d, longestMean)
			}
		}
		return
	case Exponential, Lognormal, Fixed:
	default:
		k.fail(field+".distribution", "%q is none of %v", t.Distribution, []Distribution{Exponential, Lognormal, Fixed, Sampled})
	}
	if t.Mean <= 0 || t.Mean > longestMean {
		k.fail(field+".mean", "%v is not above 0s and at most %v", t.Mean, longestMean)
	}
	if t.Distribution == Lognormal {
		k.number(field+".cv", t.CV, 0, 100)
	}
}

func checkEvents(k *checker, events []Event, servers []Server) {
	stand := make(map[ipvs.ServerID]standing)
	for _, s := range servers {
		stand[s.ID] = standingOf(!s.Absent)
	}
	for _, e := range sortedEvents(events) {
		// The field is that of the event as listed, not as sorted.
		field := fmt.Sprintf("events[%d].", slices.Index(events, e))
		before, ok := stand[e.Server]
		if !ok {
			k.fail(field+"server", "%s is not one of the servers", e.Server)
		}
		e.check(k, field, before)
		stand[e.Server] = before.after(e.Action)
	}
}

// standing is how a server stands in the director's table.
type standing string

const (
	absent  standing = "not in the director's table"
	listed  standing = "in the director's table"
	removed standing = "taken out by its health checker"
)

func standingOf(isListed bool) standing {
	if isListed {
		return listed
	}
	return absent
}

// after returns how a server stands after something happened to it.
func (s standing) after(a Action) standing {
	switch a {
	case Leave:
		return absent
	case CheckDown:
		return removed
	case Join, CheckUp:
		return listed
	}
	return s
}

// check checks an event of a server, given how that stands.
func (e Event) check(k *checker, field string, s standing) {
	k.time(field+"at", e.At, 0)
	k.time(field+"over", e.Over, 0)
	if e.Speed != 0 {
		k.number(field+"speed", e.Speed, 1e-6, 1e6)
	}
	switch e.Action {
	case ChangeSpeed, Crash, Hang, Recover:
	case Fail:
		k.number(field+"errors", e.Errors, 0, 1)
	case Join:
		e.require(k, field, s, absent)
	case Leave:
		e.require(k, field, s, listed, removed)
	case SetWeight:
		e.require(k, field, s, listed, removed)
		k.number(field+"weight", float64(e.Weight), 0, 65535)
	case CheckDown:
		e.require(k, field, s, listed)
	case CheckUp:
		e.require(k, field, s, removed)
	default:
		k.fail(field+"action", "%q is none that can happen", e.Action)
	}
}

// require reports a server that does not stand in one of the ways that the
// event can happen in.
func (e Event) require(k *checker, field string, s standing, want ...standing) {
	if !slices.Contains(want, s) {
		k.fail(field+"action", "%s cannot happen to a server that is %s", e.Action, s)
	}
}
