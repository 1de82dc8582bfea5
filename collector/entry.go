package collector

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// entry is the history of the counters of a director, a virtual service or a
// real server.
type entry struct {
	known  bool
	last   [5]uint64 // as the kernel gave them
	wraps  [3]uint32 // how often connections and packets have passed 2^32
	origin time.Time
}

// apply takes in counters that were read at now, and at last before, and
// corrects them. It reports whether it now knows of another time when they
// were all zero.
//
// New counters that are zero have their origin now. New ones that are not
// have none: a server that is deleted and added again may keep its counters
// (ip_vs_ctl.c:ip_vs_trash_get_dest). Counters that have gone down were set
// to zero since the last read.
func (e *entry) apply(s *ipvs.Stats, last, now time.Time) (changed bool) {
	origin := e.origin
	read := [5]uint64{s.Connections, s.IncomingPackets, s.OutgoingPackets, s.IncomingBytes, s.OutgoingBytes}
	switch {
	case !e.known && read == [5]uint64{}:
		e.origin = now
	case !e.known:
	case e.reset(read, s.Wraps):
		e.wraps, e.origin = [3]uint32{}, last
	case s.Wraps:
		e.countWraps(read)
	}
	e.known, e.last = true, read
	s.Connections += uint64(e.wraps[0]) << 32
	s.IncomingPackets += uint64(e.wraps[1]) << 32
	s.OutgoingPackets += uint64(e.wraps[2]) << 32
	return e.origin != origin
}

// goesOn takes in counters that have not gone down, which is the rule, and reports
// whether they are such. Those that wrap are not.
func (e *entry) goesOn(s *ipvs.Stats) bool {
	if !e.known || s.Wraps || s.Connections < e.last[0] || s.IncomingPackets < e.last[1] || s.OutgoingPackets < e.last[2] ||
		s.IncomingBytes < e.last[3] || s.OutgoingBytes < e.last[4] {
		return false
	}
	e.last[0], e.last[1], e.last[2], e.last[3], e.last[4] = s.Connections, s.IncomingPackets, s.OutgoingPackets, s.IncomingBytes, s.OutgoingBytes
	return true
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
