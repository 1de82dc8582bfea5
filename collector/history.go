package collector

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// history remembers the counters of one network namespace from read to read.
// It tells since when they count, and keeps those rising that the kernel
// counts modulo 2^32.
type history struct {
	at       time.Time // of the last read
	director entry
	services map[ipvs.ServiceID]*serviceEntry
}

type serviceEntry struct {
	entry
	servers map[ipvs.ServerID]*entry
	read    time.Time // when the service was last there
}

// origins say, in the order of a table, when all counters of an entry were
// zero; the zero time is where that is not known.
type origins struct {
	director time.Time
	services []serviceOrigins
}

type serviceOrigins struct {
	service time.Time
	servers []time.Time
}

// apply takes in a table that was read at now, and corrects its counters.
func (h *history) apply(t *ipvs.Table, now time.Time) origins {
	if h.services == nil {
		h.services = make(map[ipvs.ServiceID]*serviceEntry, len(t.Services))
	}
	o := origins{
		director: h.director.apply(&t.Director.Stats, h.at, now),
		services: make([]serviceOrigins, len(t.Services)),
	}
	for i := range t.Services {
		o.services[i] = h.applyService(&t.Services[i], now)
	}
	for id, e := range h.services {
		if e.read != now {
			delete(h.services, id)
		}
	}
	h.at = now
	return o
}

func (h *history) applyService(s *ipvs.VirtualService, now time.Time) serviceOrigins {
	e := h.services[s.ID]
	if e == nil {
		e = &serviceEntry{servers: make(map[ipvs.ServerID]*entry, len(s.Servers))}
		h.services[s.ID] = e
	}
	e.read = now
	o := serviceOrigins{service: e.apply(&s.Stats, h.at, now), servers: make([]time.Time, len(s.Servers))}
	for i := range s.Servers {
		o.servers[i] = e.applyServer(&s.Servers[i], h.at, now)
	}
	if len(e.servers) > len(s.Servers) {
		e.forgetAllBut(s.Servers)
	}
	return o
}

func (e *serviceEntry) applyServer(s *ipvs.RealServer, last, now time.Time) time.Time {
	known := e.servers[s.ID]
	if known == nil {
		known = &entry{}
		e.servers[s.ID] = known
	}
	return known.apply(&s.Stats, last, now)
}

func (e *serviceEntry) forgetAllBut(servers []ipvs.RealServer) {
	kept := make(map[ipvs.ServerID]*entry, len(servers))
	for i := range servers {
		kept[servers[i].ID] = e.servers[servers[i].ID]
	}
	e.servers = kept
}

// entry is the history of the counters of a director, a virtual service or a
// real server.
type entry struct {
	known  bool
	last   [5]uint64 // as the kernel gave them
	wraps  [3]uint64 // how often connections and packets have passed 2^32
	origin time.Time
}

// apply takes in counters that were read at now, and at last before, and
// corrects them. It returns when they were all zero.
//
// New counters that are zero have their origin now. New ones that are not
// have none: a server that is deleted and added again may keep its counters
// (ip_vs_ctl.c:ip_vs_trash_get_dest). Counters that have gone down were set
// to zero since the last read.
func (e *entry) apply(s *ipvs.Stats, last, now time.Time) time.Time {
	read := [5]uint64{s.Connections, s.IncomingPackets, s.OutgoingPackets, s.IncomingBytes, s.OutgoingBytes}
	switch {
	case !e.known && read == [5]uint64{}:
		e.origin = now
	case !e.known:
	case e.reset(read, s.Wraps):
		e.wraps, e.origin = [3]uint64{}, last
	case s.Wraps:
		e.countWraps(read)
	}
	e.known, e.last = true, read
	s.Connections += e.wraps[0] << 32
	s.IncomingPackets += e.wraps[1] << 32
	s.OutgoingPackets += e.wraps[2] << 32
	return e.origin
}

// reset reports whether the counters have been set to zero. Where connections
// and packets wrap, bytes, which never do, tell.
func (e *entry) reset(read [5]uint64, wrap bool) bool {
	first := 0
	if wrap {
		first = len(e.wraps)
	}
	for i := first; i < len(read); i++ {
		if read[i] < e.last[i] {
			return true
		}
	}
	return false
}

func (e *entry) countWraps(read [5]uint64) {
	for i := range e.wraps {
		if read[i] < e.last[i] {
			e.wraps[i]++
		}
	}
}
