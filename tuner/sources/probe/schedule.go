package probe

import (
	"container/heap"
	"context"
	"math/rand/v2"
	"time"
)

// schedule starts probes as they become due, until the prober is closed.
func (p *Prober) schedule() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		p.startDue(time.Now())
		if len(p.waiting) > 0 {
			timer.Reset(time.Until(p.waiting[0].due))
		}
		select {
		case <-p.running.Done():
			return
		case <-timer.C:
		case do := <-p.requests:
			do()
		case e := <-p.ended:
			p.note(e, time.Now())
		}
	}
}

// startDue starts the probes that are due. After a standstill of the whole
// program they begin anew at different times, and not all at once.
func (p *Prober) startDue(now time.Time) {
	for len(p.waiting) > 0 && !p.waiting[0].due.After(now) {
		s := heap.Pop(&p.waiting).(*subject)
		switch {
		case s.gone:
			s.drop()
		case now.Sub(s.due) > p.config.Interval:
			p.wait(s, p.someTime(now))
		default:
			p.tasks.Go(func() { p.probe(s) })
		}
	}
}

// probe asks a server once.
func (p *Prober) probe(s *subject) {
	ctx, cancel := context.WithTimeout(p.running, p.config.Timeout)
	defer cancel()
	began := time.Now()
	err := p.ask(ctx, s)
	select {
	case p.ended <- ended{s, time.Since(began), err}:
	case <-p.running.Done():
	}
}

// note takes in how a probe has ended, and has the next one wait its turn.
func (p *Prober) note(e ended, now time.Time) {
	s := e.subject
	if s.gone {
		s.drop()
		return
	}
	if e.err != nil && ownFault(e.err) {
		p.problems.Add("cannot probe %s: %v", s.address, e.err)
	} else {
		s.window.add(e.took, e.err != nil, now)
	}
	next := s.due.Add(jittered(p.config.Interval))
	if next.Before(now) {
		next = now
	}
	p.wait(s, next)
}

// wait has a subject wait until it is due.
func (p *Prober) wait(s *subject, due time.Time) {
	s.due = due
	heap.Push(&p.waiting, s)
}

// someTime returns an instant of the interval that begins now.
func (p *Prober) someTime(now time.Time) time.Time {
	return now.Add(rand.N(p.config.Interval))
}

// jittered returns the interval give or take a tenth, so that probes keep step
// with nothing that the server does at regular times.
func jittered(interval time.Duration) time.Duration {
	return interval*9/10 + rand.N(interval/5+1)
}
