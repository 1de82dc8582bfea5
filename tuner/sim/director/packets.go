package director

import (
	"time"
)

// FromClient takes a further packet of a client. That of a connection whose
// real server was deleted is dropped, and changes nothing.
func (d *Director) FromClient(now time.Duration, c Conn, kind Segment) Verdict {
	d.Expire(now)
	e := d.entryOf(c)
	switch {
	case e == nil:
		return Unknown
	case d.services[e.service].available(e.server):
		d.pass(c.entry, fromClient, kind)
		return Forwarded
	case d.options.ExpireNodest:
		d.replace(c.entry)
		return Unknown
	}
	return Dropped
}

// FromServer takes a packet of a real server. The director sees it where
// forwarding is by masquerading; it does nothing otherwise.
func (d *Director) FromServer(now time.Duration, c Conn, kind Segment) {
	d.Expire(now)
	if e := d.entryOf(c); e != nil && !e.inputOnly {
		d.pass(c.entry, fromServer, kind)
	}
}

// conn returns the connection of an entry.
func (d *Director) conn(n number) Conn {
	e := &d.entries.list[n]
	return Conn{Server: int(e.server), entry: n, generation: e.generation}
}

// entryOf returns a connection's entry, nil after its end or when another one
// took its place.
func (d *Director) entryOf(c Conn) *entry {
	e := &d.entries.list[c.entry]
	if !e.hashed || e.generation != c.generation {
		return nil
	}
	return e
}
