package sim

import (
	"math"
	"time"
)

// station is what works on a server's requests. It has a clock that shows how
// much work each request in service has got, and a request is done when the
// clock shows what it showed at its beginning plus the request's work. With a
// worker to each, the clock goes at the server's speed; where n requests share
// c workers, at c/n of it. So a change of speed is one of the clock's rate.
type station struct {
	workers int
	sharing bool

	speed   float64 // 0 is none: it hangs
	clock   float64 // nanoseconds of work; anew from 0 when nothing is in service
	asOf    time.Duration
	rate    float64
	serving heap // by what the clock will show
	waiting queue
}

// present returns the number of requests there.
func (s *station) present() int { return s.serving.len() + s.waiting.len() }

// free reports whether a new request would be worked on at once.
func (s *station) free() bool { return s.sharing || s.serving.len() < s.workers }

// advance brings the clock up to date.
func (s *station) advance(now time.Duration) {
	s.clock += float64(float64(now-s.asOf) * s.rate)
	s.asOf = now
}

// setSpeed changes the speed from now on.
func (s *station) setSpeed(now time.Duration, speed float64) {
	s.advance(now)
	s.speed = speed
	s.pace()
}

// pace sets the rate of the clock.
func (s *station) pace() {
	s.rate = s.speed
	if n := s.serving.len(); s.sharing && n > s.workers {
		s.rate = float64(s.speed*float64(s.workers)) / float64(n)
	}
}

// start begins to work on a request.
func (s *station) start(now, work time.Duration, conn int32) {
	s.advance(now)
	s.serving.push(s.clock+float64(work), conn)
	s.pace()
}

// finish ends the request that is due.
func (s *station) finish(now time.Duration) int32 {
	s.advance(now)
	conn := s.serving.pop()
	if s.serving.len() == 0 {
		s.clock = 0
	}
	s.pace()
	return conn
}

// next returns when the next request is done, forever without one.
func (s *station) next() time.Duration {
	if s.serving.len() == 0 || s.rate == 0 {
		return forever
	}
	left := (s.serving.items[0].key - s.clock) / s.rate
	if left > 0x1p61 {
		return forever
	}
	return s.asOf + time.Duration(math.Ceil(max(0, left)))
}

// clear forgets every request.
func (s *station) clear(now time.Duration) {
	s.asOf, s.clock = now, 0
	s.serving.items = s.serving.items[:0]
	s.waiting = queue{ring: s.waiting.ring}
	s.pace()
}

// queue is the connections that wait, first in first out.
type queue struct {
	ring []int32 // a power of two
	head int
	n    int
}

func (q *queue) len() int { return q.n }

func (q *queue) push(conn int32) {
	if q.n == len(q.ring) {
		q.grow()
	}
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = conn
	q.n++
}

func (q *queue) pop() int32 {
	conn := q.ring[q.head]
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	return conn
}

func (q *queue) grow() {
	ring := make([]int32, max(8, 2*len(q.ring)))
	for i := range q.n {
		ring[i] = q.ring[(q.head+i)&(len(q.ring)-1)]
	}
	q.ring, q.head = ring, 0
}
