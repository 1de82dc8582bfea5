package probe

import (
	"net/netip"
	"time"
)

// subject is an address that is probed.
type subject struct {
	address netip.AddrPort
	due     time.Time // when the next probe is to start
	gone    bool      // no server is there any more
	window  window
	kept    *connection // between two probes; nil is none
}

// queue is a heap of the subjects that wait, the first due on top.
type queue []*subject

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *queue) Push(s any) { *q = append(*q, s.(*subject)) }

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return s
}
