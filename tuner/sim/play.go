package sim

import "time"

// sources number the sources of a run's events. Of events of equal time that
// of the lower number comes first.
type sources struct {
	periods  int // of the result's series
	events   int // of the scenario
	ramps    int // of servers' speeds
	readings int // of the meter
	control  int // the tuner's samples and steps
	stations int // the first server's; the others follow

	apologies int
	patience  int
	timers    int
	arrivals  int
	count     int
}

func sourcesOf(servers int) sources {
	s := sources{periods: 0, events: 1, ramps: 2, readings: 3, control: 4, stations: 5}
	s.apologies = s.stations + servers
	s.patience, s.timers, s.arrivals = s.apologies+1, s.apologies+2, s.apologies+3
	s.count = s.arrivals + 1
	return s
}

// schedule puts down the first event of each source.
func (r *run) schedule() {
	r.calendar.set(r.sources.events, r.nextEvent())
	r.calendar.set(r.sources.periods, 0)
	r.calendar.set(r.sources.control, 0)
	r.calendar.set(r.sources.arrivals, r.arrivals.next())
	if r.meter != nil {
		r.calendar.set(r.sources.readings, 0)
	}
}

// play lets everything happen that is due before the end.
func (r *run) play() error {
	for {
		source, at := r.calendar.first()
		if at >= r.config.Duration {
			r.now = r.config.Duration
			r.closePeriod()
			return nil
		}
		r.now = at
		if err := r.happen(source); err != nil {
			return err
		}
	}
}

// happen lets the next event of a source happen. The most frequent ones come
// first.
func (r *run) happen(source int) error {
	switch s := &r.sources; {
	case source == s.arrivals:
		r.arrive()
		r.calendar.set(s.arrivals, r.arrivals.next())
	case source >= s.stations && source < s.apologies:
		r.finish(source - s.stations)
	case source == s.apologies:
		r.apologize()
	case source == s.timers:
		r.wake()
	case source == s.patience:
		r.giveUp()
	case source == s.control:
		return r.decide()
	case source == s.readings:
		r.meter.read(r.servers)
		r.calendar.set(source, r.now+r.config.Meter.Every)
	case source == s.periods:
		return r.turnPeriod()
	case source == s.ramps:
		return r.warm()
	default:
		return r.befall()
	}
	return nil
}

// refresh puts down what a server does next.
func (r *run) refresh(server int32) {
	r.calendar.set(r.sources.stations+int(server), r.servers[server].station.next())
}

// await lets a connection's client wait for an answer.
func (r *run) await(id int32) {
	r.patience.add(&r.connections, id)
	if r.patience.first == id {
		r.calendar.set(r.sources.patience, r.patience.next(&r.connections))
	}
}

// unawait ends that.
func (r *run) unawait(id int32) {
	first := r.patience.first == id
	r.patience.remove(&r.connections, id)
	if first {
		r.calendar.set(r.sources.patience, r.patience.next(&r.connections))
	}
}

// rest lets a connection rest for a time.
func (r *run) rest(id int32, mean time.Duration) {
	r.connections.list[id].phase = resting
	r.timers.push(float64(r.now+r.visitors.rests.wait(mean)), id)
	r.calendar.set(r.sources.timers, r.nextTimer())
}

func (r *run) nextTimer() time.Duration {
	if r.timers.len() == 0 {
		return forever
	}
	return time.Duration(r.timers.items[0].key)
}
