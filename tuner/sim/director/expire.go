package director

import "time"

// deferred is how long a template outlives its timeout at a time while there
// are connections by it.
const deferred = 60 * time.Second

// tick is how long an entry is still counted that the kernel lets time out at
// once: until its next tick, which is up to 4 ms away where HZ is 250.
const tick = 4 * time.Millisecond

// Expire removes what has timed out by now, and brings counters up to date.
// Every other method that is told the time does so first.
func (d *Director) Expire(now time.Duration) {
	d.now = now
	if now >= d.estimateAt {
		d.estimate()
	}
	for now >= d.rings.due {
		n, at := d.rings.next(&d.entries, now)
		if n == 0 {
			return
		}
		d.now = at
		d.timeOut(n)
		d.now = now
	}
}

// timeOut ends an entry, or lets a template wait for the connections that
// were made by it. From then on its timeout is that wait, even when it is
// used again (ip_vs_conn.c:ip_vs_conn_expire).
func (d *Director) timeOut(n number) {
	if d.entries.list[n].controls > 0 {
		d.rearm(n, d.rings.ring(deferred))
		return
	}
	d.end(n)
}

// replace makes way for a new connection with the same addresses and ports.
func (d *Director) replace(n number) {
	d.entries.hide(n)
	d.rearm(n, d.rings.ring(tick))
}

// add enters a connection or template into the table.
func (d *Director) add(k key, s *Service, server uint16, id ringID) number {
	n := d.entries.add(k)
	e := &d.entries.list[n]
	e.service, e.server = s.place, server
	d.rings.append(&d.entries, n, id, d.now)
	return n
}

// end removes an entry from the table.
func (d *Director) end(n number) {
	e := &d.entries.list[n]
	s := d.services[e.service]
	switch {
	case e.template:
		s.known[e.server].persistent--
		s.ended(e.server)
	case e.active:
		s.activate(e.server, false)
		fallthrough
	default:
		s.unbind(e.server)
	}
	if e.control != 0 {
		d.entries.list[e.control].controls--
	}
	s.idle(e.server)
	d.rings.remove(&d.entries, n)
	d.entries.free(n)
}

// endAll ends the connections to a server, and then their templates.
func (d *Director) endAll(service, server uint16) {
	for _, templates := range []bool{false, true} {
		for n := range d.entries.list {
			e := &d.entries.list[n]
			if e.open && e.template == templates && e.service == service && e.server == server {
				d.end(number(n))
			}
		}
	}
}
