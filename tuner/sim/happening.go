package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// sortedEvents returns the events by time.
func sortedEvents(events []Event) []Event {
	return slices.SortedStableFunc(slices.Values(events), func(a, b Event) int { return cmp.Compare(a.At, b.At) })
}

func (r *run) nextEvent() time.Duration {
	if len(r.events) == 0 {
		return forever
	}
	return r.events[0].At
}

// befall lets the next event of the scenario happen.
func (r *run) befall() error {
	e := r.events[0]
	r.events = r.events[1:]
	r.calendar.set(r.sources.events, r.nextEvent())
	at := slices.IndexFunc(r.servers, func(s realServer) bool { return s.ID == e.Server })
	if err := r.apply(e, at); err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	r.servers[at].adjust(r.now)
	r.refresh(int32(at))
	if e.Mark != "" {
		r.marks.add(e)
	}
	return r.retarget()
}

func (r *run) apply(e Event, at int) error {
	s := &r.servers[at]
	switch e.Action {
	case ChangeSpeed:
		r.changeSpeed(s, s.factor, e.speed(), e.Over)
	case Crash:
		s.down = true
		r.dropAll(s)
	case Hang:
		s.hangs = true
	case Fail:
		s.errors = e.Errors
	case Recover:
		s.down, s.hangs, s.errors = false, false, 0
		r.changeSpeed(s, e.speed(), 1, e.Over)
	case Join:
		r.changeSpeed(s, e.speed(), 1, e.Over)
		return r.join(at)
	case Leave:
		s.listed = false
		return r.service.DeleteServer(r.now, s.ID)
	default:
		return r.reweigh(e, s)
	}
	return nil
}

// speed returns the factor of the event; 0 is 1.
func (e Event) speed() float64 {
	if e.Speed == 0 {
		return 1
	}
	return e.Speed
}

// reweigh lets somebody else than the policy write a weight.
func (r *run) reweigh(e Event, s *realServer) error {
	weight := e.Weight
	if r.policy == Equal {
		weight = min(weight, 1)
	}
	switch e.Action {
	case CheckDown:
		s.checked, weight = s.Weight, 0
	case CheckUp:
		weight = s.checked
	}
	s.out = weight == 0
	_, err := r.edit(s, ipvs.Edit{Weight: &weight})
	return err
}

// join adds a server to the director.
func (r *run) join(at int) error {
	s := &r.servers[at]
	s.Weight = r.config.Servers[at].Weight
	if r.policy == Equal {
		s.Weight = min(s.Weight, 1)
	}
	s.listed, s.out = true, s.Weight == 0
	if err := r.service.AddServer(r.now, s.entry(r.config.Service.Forward)); err != nil {
		return err
	}
	r.number(at)
	return nil
}

// changeSpeed changes the factor on a server's speed, over a time.
func (r *run) changeSpeed(s *realServer, from, to float64, over time.Duration) {
	s.factor, s.warmth = to, ramp{}
	if over > 0 {
		s.factor, s.warmth = from, ramp{from: from, to: to, begin: r.now, over: over}
	}
	r.calendar.set(r.sources.ramps, r.nextStep())
}

func (r *run) nextStep() time.Duration {
	next := forever
	for i := range r.servers {
		next = min(next, r.servers[i].warmth.next())
	}
	return next
}

// warm makes the steps of speeds that are due.
func (r *run) warm() error {
	for i := range r.servers {
		if s := &r.servers[i]; s.warmth.next() == r.now {
			s.factor = s.warmth.step()
			s.adjust(r.now)
			r.refresh(int32(i))
		}
	}
	r.calendar.set(r.sources.ramps, r.nextStep())
	return r.retarget()
}

// dropAll ends what a crashed server was about.
func (r *run) dropAll(s *realServer) {
	s.life++
	for _, x := range s.station.serving.items {
		r.drop(x.conn)
	}
	for s.station.waiting.len() > 0 {
		r.drop(s.station.waiting.pop())
	}
	s.station.clear(r.now)
}

// drop ends a connection whose server has crashed.
func (r *run) drop(id int32) {
	c := &r.connections.list[id]
	if c.phase != deserted {
		r.unawait(id)
		r.wire.reset(r.now, c.handle)
		r.fail(id, &r.tally.errors.Reset)
	}
	r.connections.remove(id)
}
