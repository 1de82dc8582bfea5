package director

import (
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// state is a connection's state, by its place in its protocol's list.
type state uint8

// way is how a packet goes, as far as the director sees.
type way int

const (
	fromClient way = iota
	fromServer
	fromClientOnly // from the client, where the server's packets are never seen
)

// machine says how packets change a connection of one protocol.
type machine struct {
	opening Segment // the first from a client
	states  int
	kinds   int      // of packets
	next    []state  // by way, kind and state
	names   []string // by state
	roles   []role   // by state
	rings   []ringID // by state: its timeout
}

// role is what a state means beside its timeout.
type role uint8

const (
	inactive role = iota
	active
	closed  // inactive, and a new connection may take its place
	finWait // inactive, and it may where the server's packets are never seen
)

type stateOf struct {
	code    string // in transitions
	name    string // as in /proc/net/ip_vs_conn, but in lower case
	timeout time.Duration
	role    role
}

// newMachine reads a protocol's states and its transitions: for each way and
// kind of packet the codes of the new states, one for each old state in the
// order of the states.
func newMachine(opening Segment, states []stateOf, transitions string, r *rings) machine {
	m := machine{opening: opening, states: len(states)}
	places := map[string]state{}
	for i, s := range states {
		places[s.code] = state(i)
		m.names = append(m.names, s.name)
		m.roles = append(m.roles, s.role)
		m.rings = append(m.rings, r.ring(s.timeout))
	}
	for _, code := range strings.Fields(transitions) {
		m.next = append(m.next, places[code])
	}
	m.kinds = len(m.next) / (3 * m.states)
	return m
}

func (m *machine) after(s state, w way, kind Segment) state {
	return m.next[(int(w)*m.kinds+int(kind))*m.states+int(s)]
}

func newMachines(t ipvs.Timeouts, r *rings) [3]machine {
	return [3]machine{newTCP(t, r), newUDP(t, r), newSCTP(t, r)}
}

// machineOf returns the machine of an entry's protocol.
func (d *Director) machineOf(p ipvs.Protocol) *machine {
	switch p {
	case ipvs.UDP:
		return &d.machines[1]
	case ipvs.SCTP:
		return &d.machines[2]
	}
	return &d.machines[0]
}

// pass changes a connection as a packet of it does, and starts its timeout
// anew.
func (d *Director) pass(n number, w way, kind Segment) {
	e := &d.entries.list[n]
	if e.inputOnly {
		w = fromClientOnly
	}
	m := d.machineOf(e.key.protocol)
	e.state = m.after(e.state, w, kind)
	if now := m.roles[e.state] == active; now != e.active {
		e.active = now
		d.services[e.service].activate(e.server, now)
	}
	d.rearm(n, m.rings[e.state])
}

// rearm starts a timeout anew.
func (d *Director) rearm(n number, id ringID) {
	d.rings.remove(&d.entries, n)
	d.rings.append(&d.entries, n, id, d.now)
}
