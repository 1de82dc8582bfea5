package sim

// finish ends the request that a server is done with, and begins on those that
// wait and whose clients are still there.
func (r *run) finish(server int) {
	s := &r.servers[server]
	id := s.station.finish(r.now)
	for s.station.free() && s.station.waiting.len() > 0 {
		if next := s.station.waiting.pop(); r.connections.list[next].phase == deserted {
			r.connections.remove(next)
		} else {
			s.station.start(r.now, s.work.draw(), next)
		}
	}
	r.refresh(int32(server))
	c := &r.connections.list[id]
	if r.meter != nil {
		r.meter.served(server, r.now-c.began)
	}
	if c.phase == deserted {
		r.connections.remove(id)
		return
	}
	r.answer(id)
}

// answer takes a server's answer to its client.
func (r *run) answer(id int32) {
	r.unawait(id)
	c := &r.connections.list[id]
	r.tally.answered(c.began, r.now)
	s := &r.servers[c.server]
	s.tally.answered++
	s.tally.sum += r.now - c.began
	if r.meter != nil {
		r.meter.answered(int(c.server), r.now-c.began)
	}
	switch clients := &r.config.Clients; {
	case c.left > 0:
		r.rest(id, clients.Think)
	case clients.Hold > 0:
		r.rest(id, clients.Hold)
	default:
		r.close(id)
	}
}

// wake ends the rest of a connection.
func (r *run) wake() {
	id := r.timers.pop()
	r.calendar.set(r.sources.timers, r.nextTimer())
	if r.connections.list[id].left > 0 {
		r.ask(id)
	} else {
		r.close(id)
	}
}

// close ends a connection.
func (r *run) close(id int32) {
	r.wire.close(r.now, r.connections.list[id].handle)
	r.connections.remove(id)
}

// fail counts a request that failed.
func (r *run) fail(id int32, kind *uint64) {
	c := &r.connections.list[id]
	r.tally.lost(c.began, r.now, kind)
	r.servers[c.server].tally.failed++
	if r.meter != nil {
		r.meter.failed(int(c.server), r.now-c.began)
	}
}

// giveUp lets a client go who has waited too long. A server that has the
// request works on it all the same.
func (r *run) giveUp() {
	id := r.patience.first
	r.unawait(id)
	r.fail(id, &r.tally.errors.Timeout)
	c := &r.connections.list[id]
	r.wire.leave(r.now, c.handle)
	if c.phase == working {
		c.phase = deserted
		return
	}
	r.connections.remove(id)
}

// apologizeLater has a request answered with an error soon.
func (r *run) apologizeLater(id int32, why phase) {
	r.connections.list[id].phase = why
	r.apologies.add(&r.connections, id)
	r.calendar.set(r.sources.apologies, r.apologies.next(&r.connections))
}

// apologize answers with an error.
func (r *run) apologize() {
	id := r.apologies.first
	r.apologies.remove(&r.connections, id)
	r.calendar.set(r.sources.apologies, r.apologies.next(&r.connections))
	c := &r.connections.list[id]
	kind := &r.tally.errors.Failing
	if c.phase == rejected {
		kind = &r.tally.errors.Rejected
	}
	r.fail(id, kind)
	if r.meter != nil && !(r.meter.Passive && kind == &r.tally.errors.Rejected) {
		r.meter.refused(int(c.server), r.now-c.began)
	}
	r.close(id)
}
