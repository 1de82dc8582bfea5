package sim

import "time"

const (
	// usualBacklog is Linux's net.core.somaxconn.
	usualBacklog = 4096
	// errorDelay is after what time a server answers with an error at once.
	errorDelay = time.Millisecond
)

// realServer is a server as it is at an instant.
type realServer struct {
	Server
	backlog int
	station station
	work    sampler
	faults  stream // which of its requests fail

	life   uint32 // how often it has crashed
	down   bool
	hangs  bool
	errors float64 // part of the requests that fail at once
	factor float64 // on its speed, by events
	warmth ramp

	listed  bool   // in the director's table
	out     bool   // its weight was set to 0 by somebody else than the policy
	checked uint32 // the weight that its health checker will put back

	tally serverTally
}

func newRealServer(s Server, seed uint64) realServer {
	name := s.ID.String()
	r := realServer{
		Server:  s,
		backlog: s.Backlog,
		work:    newSampler(s.ServiceTime, newStream(seed, "service/"+name)),
		faults:  newStream(seed, "faults/"+name),
		factor:  1,
		listed:  !s.Absent,
		out:     s.Weight == 0,
	}
	if r.backlog == 0 {
		r.backlog = usualBacklog
	}
	if r.Speed == 0 {
		r.Speed = 1
	}
	r.station.workers = s.Workers
	r.station.sharing = s.Discipline == ProcessorSharing
	r.adjust(0)
	return r
}

// adjust gives the station the speed that follows from the rest.
func (s *realServer) adjust(now time.Duration) {
	speed := float64(s.Speed * s.factor)
	if s.hangs || s.down {
		speed = 0
	}
	s.station.setSpeed(now, speed)
}

// full reports whether a new connection would not be answered.
func (s *realServer) full() bool { return s.station.present() >= s.Workers+s.backlog }

// rejects reports whether a request would be one too many.
func (s *realServer) rejects() bool { return s.Limit > 0 && s.station.present() >= s.Limit }

// begin puts a request's connection to work, or lets it wait.
func (s *realServer) begin(now time.Duration, conn int32) {
	if s.station.free() {
		s.station.start(now, s.work.draw(), conn)
	} else {
		s.station.waiting.push(conn)
	}
}

// model returns what queueing theory takes the server for.
func (s *realServer) model(penalty time.Duration) model {
	mean, cv2 := s.ServiceTime.moments()
	m := model{workers: s.Workers, scatter: (1 + cv2) / 2, errors: s.errors, penalty: penalty.Seconds()}
	if s.Discipline == ProcessorSharing {
		m.scatter = 1
	}
	if s.listed && !s.down && !s.hangs && !s.out {
		m.rate = float64(s.Speed*s.factor) / mean
	}
	return m
}

// ramp is a gradual change of a speed's factor. It goes in steps, each to what
// a straight line has in the middle of the step.
type ramp struct {
	from, to float64
	begin    time.Duration
	over     time.Duration
	steps    int // made
}

const rampSteps = 20

// next returns when the next step is due, forever after the last.
func (r *ramp) next() time.Duration {
	if r.over == 0 || r.steps > rampSteps {
		return forever
	}
	return r.begin + r.over*time.Duration(r.steps)/rampSteps
}

// step makes a step and returns the factor that holds from then on.
func (r *ramp) step() float64 {
	r.steps++
	if r.steps > rampSteps {
		return r.to
	}
	part := (float64(r.steps) - 0.5) / rampSteps
	return r.from + float64((r.to-r.from)*part)
}
