package collector

import (
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// history remembers the table of one network namespace from read to read:
// its counters, so that it tells since when they count and keeps those rising
// that the kernel counts modulo 2^32, and what is rendered once.
type history struct {
	at       time.Time // of the last read
	director entry
	services map[ipvs.ServiceID]*serviceEntry
}

type serviceEntry struct {
	entry
	servers []serverEntry // in the order of the last read
	kept    *kept
	read    time.Time // when the service was last there
}

type serverEntry struct {
	entry
	id     ipvs.ServerID
	weight uint32
}

// kept is what scrapes show of a virtual service besides the table itself. They
// share it, so that it is not changed but replaced.
type kept struct {
	identity
	servers     []identity // in the table's order
	after       string     // see [group], of the servers
	fingerprint fingerprint
}

func newHistory() history {
	return history{services: map[ipvs.ServiceID]*serviceEntry{}}
}

// apply takes in a table that was read at now, corrects its counters, and
// returns what is kept of its services, in its order.
func (h *history) apply(t *ipvs.Table, now time.Time) []*kept {
	h.director.apply(&t.Director.Stats, h.at, now)
	all := make([]*kept, len(t.Services))
	for i := range t.Services {
		s := &t.Services[i]
		e := h.services[s.ID]
		if e == nil {
			e = &serviceEntry{}
			h.services[s.ID] = e
		}
		e.read = now
		e.applyService(s, h.at, now)
		all[i] = e.kept
	}
	if len(h.services) > len(t.Services) {
		for id, e := range h.services {
			if e.read != now {
				delete(h.services, id)
			}
		}
	}
	h.at = now
	return all
}

func (e *serviceEntry) applyService(s *ipvs.VirtualService, last, now time.Time) {
	fresh := e.kept == nil || !e.has(s.Servers)
	if fresh {
		e.arrange(s.Servers)
		e.kept = render(s)
	}
	changed := e.apply(&s.Stats, last, now)
	for i := range s.Servers {
		known, server := &e.servers[i], &s.Servers[i]
		if !known.goesOn(&server.Stats) && known.apply(&server.Stats, last, now) || known.weight != server.Weight {
			known.weight, changed = server.Weight, true
		}
	}
	if fresh || changed {
		e.kept = e.renew(s)
	}
}

// has reports whether the servers are those of the last read, in its order.
func (e *serviceEntry) has(servers []ipvs.RealServer) bool {
	if len(e.servers) != len(servers) {
		return false
	}
	for i := range servers {
		if e.servers[i].id != servers[i].ID {
			return false
		}
	}
	return true
}

// arrange puts what is known of the servers into their order, and forgets
// those that are gone.
func (e *serviceEntry) arrange(servers []ipvs.RealServer) {
	known := make(map[ipvs.ServerID]serverEntry, len(e.servers))
	for _, s := range e.servers {
		known[s.id] = s
	}
	e.servers = make([]serverEntry, len(servers))
	for i := range servers {
		e.servers[i] = known[servers[i].ID]
		e.servers[i].id = servers[i].ID
	}
}

// renew returns what is kept with the present origins and weights.
func (e *serviceEntry) renew(s *ipvs.VirtualService) *kept {
	k := *e.kept
	k.origin = e.origin
	k.servers = slices.Clone(k.servers)
	for i := range k.servers {
		k.servers[i].origin = e.servers[i].origin
	}
	k.fingerprint = fingerprintOf(s, &k)
	return &k
}
