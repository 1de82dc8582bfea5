package sim

import (
	"math"
	"time"
)

// mostPeriods bounds the result's series: when there are more, each two become
// one.
const mostPeriods = 512

// series are the periods of a run.
type series struct {
	each    int // intervals that a period is to hold
	periods []span
	until   time.Duration // end of the last one

	intervals int
	errors    float64 // sum of the intervals' share errors
}

// span is one interval or a few in a row.
type span struct {
	intervals int
	begin     time.Duration
	length    time.Duration
	count     periodTally
	servers   []serverSpan
}

type serverSpan struct {
	serverTally
	weight  uint32
	present uint32
}

// note takes in the next interval.
func (s *series) note(p span) {
	s.until = p.begin + p.length
	s.intervals++
	s.errors += p.shareError()
	s.add(p)
}

// meanError returns the mean share error of all intervals.
func (s *series) meanError() float64 { return s.errors / float64(max(1, s.intervals)) }

func (s *series) add(p span) {
	s.each = max(s.each, 1)
	if n := len(s.periods); n > 0 && s.periods[n-1].intervals < s.each {
		s.periods[n-1].join(p)
		return
	}
	if len(s.periods) == mostPeriods {
		s.halve()
	}
	s.periods = append(s.periods, p)
}

func (s *series) halve() {
	for i := range mostPeriods / 2 {
		s.periods[2*i].join(s.periods[2*i+1])
		s.periods[i] = s.periods[2*i]
	}
	s.periods = s.periods[:mostPeriods/2]
	s.each *= 2
}

// join takes in the span that follows.
func (p *span) join(next span) {
	p.intervals += next.intervals
	p.length += next.length
	p.count.answered += next.count.answered
	p.count.failed += next.count.failed
	p.count.sum += next.count.sum
	p.count.longest = max(p.count.longest, next.count.longest)
	for i := range p.servers {
		p.servers[i].join(next.servers[i])
	}
}

func (s *serverSpan) join(next serverSpan) {
	s.came += next.came
	s.promised += next.promised
	s.answered += next.answered
	s.failed += next.failed
	s.sum += next.sum
	s.weight, s.present = next.weight, next.present
}

// came returns the connections of all servers.
func (p *span) came() uint64 {
	n := uint64(0)
	for i := range p.servers {
		n += p.servers[i].came
	}
	return n
}

// shareError returns the part of the connections that went elsewhere than the
// oracle's shares would have had them go.
func (p *span) shareError() float64 {
	all, off := float64(p.came()), 0.0
	if all == 0 {
		return 0
	}
	for i := range p.servers {
		off += math.Abs(float64(p.servers[i].came) - p.servers[i].promised)
	}
	return off / 2 / all
}

// period returns the span as the result has it.
func (p *span) period(servers []realServer) Period {
	r := Period{
		AtSeconds: p.begin.Seconds(), Seconds: p.length.Seconds(),
		Answered: p.count.answered, Failed: p.count.failed,
		MeanSeconds: cost(p.count.answered, 0, p.count.sum, 0),
		MaxSeconds:  p.count.longest.Seconds(),
		ShareError:  p.shareError(),
	}
	all := float64(max(1, p.came()))
	for i, s := range p.servers {
		r.Servers = append(r.Servers, ServerPeriod{
			Server: servers[i].ID, Weight: s.weight, Present: s.present,
			ShareRatio: float64(s.came) / all, OracleRatio: s.promised / all,
			Requests: s.answered + s.failed, Failed: s.failed,
			MeanSeconds: cost(s.answered, 0, s.sum, 0),
		})
	}
	return r
}
