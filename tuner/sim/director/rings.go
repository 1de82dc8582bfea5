package director

import (
	"math"
	"time"
)

// rings keep the entries in the order in which they time out: one ring for
// each length of timeout, in which the entry armed last is the last to time
// out. Arming and disarming take constant time.
type rings struct {
	list []ring
	due  time.Duration // nothing times out before
}

// ringID is a ring's place in the list.
type ringID uint8

type ring struct {
	timeout     time.Duration
	first, last number // entries, linked by prev and next; 0 is none
}

// ring returns the ring of a timeout, a new one if there was none.
func (r *rings) ring(timeout time.Duration) ringID {
	for i := range r.list {
		if r.list[i].timeout == timeout {
			return ringID(i)
		}
	}
	r.list = append(r.list, ring{timeout: timeout})
	return ringID(len(r.list) - 1)
}

// append puts an entry that is in no ring last into one.
func (r *rings) append(t *entries, n number, id ringID, now time.Duration) {
	ring, e := &r.list[id], &t.list[n]
	e.ring, e.deadline = id, now+ring.timeout
	e.prev, e.next = ring.last, 0
	if ring.last == 0 {
		ring.first = n
	} else {
		t.list[ring.last].next = n
	}
	ring.last = n
	r.due = min(r.due, e.deadline)
}

// remove takes an entry out of its ring.
func (r *rings) remove(t *entries, n number) {
	e := &t.list[n]
	ring := &r.list[e.ring]
	if e.prev == 0 {
		ring.first = e.next
	} else {
		t.list[e.prev].next = e.next
	}
	if e.next == 0 {
		ring.last = e.prev
	} else {
		t.list[e.next].prev = e.prev
	}
}

// next returns the entry that times out first of all, if it does by now.
func (r *rings) next(t *entries, now time.Duration) (n number, at time.Duration) {
	at = math.MaxInt64
	for i := range r.list {
		first := r.list[i].first
		if first != 0 && t.list[first].deadline < at {
			n, at = first, t.list[first].deadline
		}
	}
	r.due = at
	if at > now {
		return 0, at
	}
	return n, at
}
