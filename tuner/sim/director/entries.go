package director

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// key is what a packet from a client is looked up by in the connection table.
type key struct {
	client, to address
	clientPort uint16
	toPort     uint16
	protocol   ipvs.Protocol
}

// number is an entry's place in the connection table; 0 is none.
type number uint32

// entry is a connection or a persistence template
// (net/netfilter/ipvs/ip_vs_conn.c). It has no pointers: there are millions.
type entry struct {
	key        key
	deadline   time.Duration
	prev, next number // in its ring, or among the free ones
	control    number // its template; 0 is none
	controls   uint32 // how many connections it is the template of
	generation uint32 // how many connections had this place before
	service    uint16
	server     uint16
	state      state
	ring       ringID
	open       bool // not among the free ones
	hashed     bool // can be found
	active     bool
	template   bool
	inputOnly  bool // the server answers past the director
}

// entries are the connection table. Places are taken again in the order in
// which they became free, so that connections of one time lie together.
type entries struct {
	list        []entry // 0 is unused
	first, last number  // free ones
	index       index
}

func newEntries() entries {
	return entries{list: make([]entry, 1), index: newIndex()}
}

// add takes a place for an entry that can be found by k.
func (t *entries) add(k key) number {
	n := t.first
	if n == 0 {
		n = number(len(t.list))
		t.list = append(t.list, entry{})
	} else if t.first = t.list[n].next; t.first == 0 {
		t.last = 0
	}
	e := &t.list[n]
	*e = entry{key: k, generation: e.generation, open: true, hashed: true}
	t.index.add(hashOf(k), n)
	return n
}

// find returns the entry that k finds.
func (t *entries) find(k key) number {
	hash := hashOf(k)
	for at := t.index.start(hash); ; at++ {
		n, same, end := t.index.look(at, hash)
		if end {
			return 0
		}
		if same && t.list[n].key == k {
			return n
		}
	}
}

// hide lets an entry be found no more.
func (t *entries) hide(n number) {
	if e := &t.list[n]; e.hashed {
		e.hashed = false
		t.index.remove(hashOf(e.key), n)
	}
}

// free gives the place back.
func (t *entries) free(n number) {
	t.hide(n)
	e := &t.list[n]
	e.open = false
	e.generation++
	e.next = 0
	if t.last == 0 {
		t.first = n
	} else {
		t.list[t.last].next = n
	}
	t.last = n
}
