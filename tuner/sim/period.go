package sim

// turnPeriod ends a period and begins the next.
func (r *run) turnPeriod() error {
	r.closePeriod()
	r.calendar.set(r.sources.periods, r.now+r.config.Tuner.Interval)
	return r.retarget()
}

// closePeriod puts what was counted since the last one into the series.
func (r *run) closePeriod() {
	length := r.now - r.series.until
	if length == 0 {
		return
	}
	r.settleShares()
	p := span{intervals: 1, begin: r.now - length, length: length, count: r.tally.period}
	for i := range r.servers {
		s := &r.servers[i]
		p.servers = append(p.servers, serverSpan{s.tally, s.Weight, uint32(s.station.present())})
		s.tally = serverTally{}
	}
	r.tally.period = periodTally{}
	r.marks.note(p.begin, p.well(r.oracle.cost, r.config.Clients.Timeout), p.right())
	r.series.note(p)
}

// settleShares counts the connections that the oracle's shares promise of
// those that came since they were last settled. Without a server that works
// what came is what was promised.
func (r *run) settleShares() {
	came, promised := 0.0, 0.0
	for i := range r.servers {
		t := &r.servers[i].tally
		came += float64(t.came - t.settled)
		promised += r.oracle.shares[i]
	}
	for i := range r.servers {
		t := &r.servers[i].tally
		if promised > 0 {
			t.promised += float64(r.oracle.shares[i] * came)
		} else {
			t.promised += float64(t.came - t.settled)
		}
		t.settled = t.came
	}
}

// result puts together what came out.
func (r *run) result() Result {
	t := &r.tally
	t.flow(r.now, 0)
	t.overload(r.now, r.oracle.beyond(r.config.Clients))
	result := Result{
		Policy: r.policy, Seed: r.config.Seed,
		Requests: t.requests, Answered: t.times.total, Failed: t.errors, InFlight: r.unanswered(),
		Latency:         t.times.latency(),
		MeanCostSeconds: cost(t.times.total, t.errors.Sum(), t.times.sum, r.config.Clients.Timeout),
		Admitted:        r.admitted(),
		MeanInFlight:    t.area / float64(r.config.Duration),
		PeakOpen:        r.connections.peak,
		ShareError:      r.series.meanError(),
		Writes:          t.writes, ShareMoved: t.moved,
		Decisions:  r.control.made,
		Settled:    r.marks.start.after(),
		Recoveries: append([]Recovery{}, r.marks.recoveries...),
		Periods:    []Period{},
	}
	for i := range r.series.periods {
		result.Periods = append(result.Periods, r.series.periods[i].period(r.servers))
	}
	return result
}

// unanswered returns the number of requests in flight among those counted.
func (r *run) unanswered() uint64 {
	n := uint64(0)
	for i := range r.connections.list {
		c := &r.connections.list[i]
		if c.phase.inFlight() && c.began >= r.tally.from {
			n++
		}
	}
	return n
}
