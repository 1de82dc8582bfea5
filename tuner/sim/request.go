package sim

import "github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"

// arrive opens a connection.
func (r *run) arrive() {
	more := r.visitors.more()
	handle, verdict := r.service.Connect(r.now, r.visitors.flow())
	r.tally.began(r.now)
	if verdict == director.Unreachable {
		r.tally.lost(r.now, r.now, &r.tally.errors.Unserved)
		return
	}
	server := r.byNumber[handle.Server]
	s := &r.servers[server]
	s.tally.came++
	id := r.connections.add(connection{handle: handle, began: r.now, server: server, left: more, life: s.life})
	switch {
	case verdict != director.Forwarded || !s.down && s.full():
		r.ignore(id)
	case s.down:
		r.wire.reset(r.now, handle)
		r.fail(id, &r.tally.errors.Refused)
		r.connections.remove(id)
	default:
		r.wire.request(r.now, handle, true)
		r.serve(id)
	}
}

// ask makes the next request of a connection.
func (r *run) ask(id int32) {
	c := &r.connections.list[id]
	c.left--
	c.began = r.now
	r.tally.began(r.now)
	verdict := r.wire.request(r.now, c.handle, false)
	s := &r.servers[c.server]
	switch {
	case verdict == director.Dropped:
		r.ignore(id)
	case verdict == director.Unknown || s.down || s.life != c.life:
		r.wire.reset(r.now, c.handle)
		r.fail(id, &r.tally.errors.Reset)
		r.connections.remove(id)
	default:
		r.serve(id)
	}
}

// ignore lets a request go unanswered.
func (r *run) ignore(id int32) {
	r.connections.list[id].phase = ignored
	r.await(id)
}

// serve hands a request to its server.
func (r *run) serve(id int32) {
	c := &r.connections.list[id]
	s := &r.servers[c.server]
	switch {
	case !s.hangs && s.faults.chance(s.errors):
		r.apologizeLater(id, failing)
	case !s.hangs && s.rejects():
		r.apologizeLater(id, rejected)
	default:
		c.phase = working
		s.begin(r.now, id)
		r.await(id)
		r.refresh(c.server)
	}
}
