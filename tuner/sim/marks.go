package sim

import "time"

const (
	wellCost     = 1.5  // mean cost over the oracle's, at most
	wellShares   = 0.1  // share error, at most
	wellFailures = 0.01 // failed part of the requests, at most, with that
	wellInARow   = 3    // periods
)

// marks follow how the service recovers from the marked events.
type marks struct {
	recoveries []Recovery
	open       bool // the last one's is still looked for
	at         time.Duration
	periods    int // since
	row        int // of them well, up to now

	start, last settling // since the start, up to the first mark, and since the last one
}

// settling follows the periods since an instant.
type settling struct {
	periods int
	off     int // the last one whose shares were not right; 0 is none
}

// note takes in a period.
func (s *settling) note(right bool) {
	s.periods++
	if !right {
		s.off = s.periods
	}
}

// after returns the first period from which on the shares were right; -1 is
// none, or one of the very last.
func (s settling) after() int {
	if s.periods-s.off < wellInARow {
		return -1
	}
	return s.off + 1
}

// add begins to look for the recovery from an event.
func (m *marks) add(e Event) {
	m.recoveries = append(m.recoveries, Recovery{Mark: e.Mark, AtSeconds: e.At.Seconds(), Periods: -1, Settled: -1})
	m.open, m.at, m.periods, m.row, m.last = true, e.At, 0, 0, settling{}
}

// note takes in a period, of which is known whether it was well, and whether
// its shares were right.
func (m *marks) note(begin time.Duration, well, right bool) {
	switch n := len(m.recoveries); {
	case n == 0:
		m.start.note(right)
	case begin >= m.at:
		m.last.note(right)
		m.recoveries[n-1].Settled = m.last.after()
	}
	if !m.open || begin < m.at {
		return
	}
	m.periods++
	m.row++
	if !well {
		m.row = 0
	}
	if m.row == wellInARow {
		m.recoveries[len(m.recoveries)-1].Periods = m.periods - wellInARow + 1
		m.open = false
	}
}

// right reports whether the shares were about the best.
func (p *span) right() bool { return p.shareError() <= wellShares }

// well reports whether a period was as one after a recovery. best is the
// oracle's cost, 0 where it is not known.
func (p *span) well(best float64, penalty time.Duration) bool {
	n := p.count.answered + p.count.failed
	if n == 0 {
		return false
	}
	if c := cost(p.count.answered, p.count.failed, p.count.sum, penalty); best > 0 && c <= float64(wellCost*best) {
		return true
	}
	return p.right() && float64(p.count.failed) <= float64(wellFailures*float64(n))
}
