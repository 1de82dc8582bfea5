package sim

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// connection is one that a client has open, or a request that a server still
// works on for a client who has gone.
type connection struct {
	handle director.Conn
	began  time.Duration // the request, or the time at which it was due to
	server int32
	left   int32  // requests that are to follow
	life   uint32 // of the server when the connection was opened
	phase  phase

	prev, next int32 // in a line
}

// phase is where a connection is in its life.
type phase uint8

const (
	nowhere  phase = iota // its place is free
	resting               // between two requests, or after the last one
	ignored               // its request will get no answer
	working               // its request waits for a worker or has one
	deserted              // so too, but the client has gone
	rejected              // is about to be told that there are too many
	failing               // is about to be told of an error
)

// inFlight reports whether a client waits for an answer.
func (p phase) inFlight() bool {
	return p == ignored || p == working || p == rejected || p == failing
}

// connections are kept in places that are taken again; 0 is none.
type connections struct {
	list []connection
	free int32 // linked by next
	open int
	peak int
}

func newConnections() connections { return connections{list: make([]connection, 1)} }

// add takes a place.
func (t *connections) add(c connection) int32 {
	t.open++
	t.peak = max(t.peak, t.open)
	id := t.free
	if id == 0 {
		t.list = append(t.list, c)
		return int32(len(t.list) - 1)
	}
	t.free = t.list[id].next
	t.list[id] = c
	return id
}

// remove gives a place back.
func (t *connections) remove(id int32) {
	t.open--
	t.list[id].phase = nowhere
	t.list[id].next = t.free
	t.free = id
}

// line holds connections that something happens to after a delay that is the
// same for all, so that the first one put in is the first one due.
type line struct {
	delay       time.Duration
	first, last int32
}

func (l *line) add(t *connections, id int32) {
	c := &t.list[id]
	c.prev, c.next = l.last, 0
	if l.last == 0 {
		l.first = id
	} else {
		t.list[l.last].next = id
	}
	l.last = id
}

func (l *line) remove(t *connections, id int32) {
	c := &t.list[id]
	if c.prev == 0 {
		l.first = c.next
	} else {
		t.list[c.prev].next = c.next
	}
	if c.next == 0 {
		l.last = c.prev
	} else {
		t.list[c.next].prev = c.prev
	}
}

// next returns when the first one is due.
func (l *line) next(t *connections) time.Duration {
	if l.first == 0 {
		return forever
	}
	return t.list[l.first].began + l.delay
}
