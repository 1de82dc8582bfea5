package probe

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// window sums up how the probes of a real server ended since it began.
type window struct {
	since time.Time
	all   sum
	good  sum // of the probes that did not fail
	row   sum // of the newest probes if they failed, one of the window before included

	rowSince time.Time // the start of the first of those
}

// sum is of probes.
type sum struct {
	n    int
	took time.Duration
}

// fewestInRow is how many of the newest probes must have failed for the window
// to tell of them alone: what was before them is over.
const fewestInRow = 2

// next returns the window that begins now.
func (w window) next(now time.Time) window {
	next := window{since: now}
	if w.row.n > 0 {
		next.row, next.rowSince = sum{1, w.row.took / time.Duration(w.row.n)}, now
	}
	return next
}

// add takes in a probe that the server answered or failed to answer, and that
// ended now.
func (w *window) add(took time.Duration, failed bool, now time.Time) {
	w.all.add(took)
	if !failed {
		w.good.add(took)
		w.row = sum{}
		return
	}
	if w.row.n == 0 {
		w.rowSince = now.Add(-took)
	}
	w.row.add(took)
}

func (s *sum) add(took time.Duration) {
	s.n++
	s.took += took
}

// mean returns that of the seconds that a probe took.
func (s sum) mean() *float64 { return new((s.took / time.Duration(s.n)).Seconds()) }

// fails reports whether the newest probes failed, one of this window at least.
func (w window) fails() bool { return w.row.n >= fewestInRow && w.all.n > 0 }

// observation returns what the window tells of a server; nothing without a
// probe that has ended, since an idle window of probes does not say that the
// server is idle.
func (w window) observation(t tuner.Target, now time.Time) (o tuner.Observation, ok bool) {
	if w.fails() && w.row.n != w.all.n {
		w = window{since: w.rowSince, all: w.row}
	}
	seconds := now.Sub(w.since).Seconds()
	if w.all.n == 0 || seconds <= 0 {
		return o, false
	}
	o = tuner.Observation{
		Netns: t.Netns, Service: t.Service, Server: t.Server, Time: now,
		WindowSeconds:     &seconds,
		LatencySeconds:    w.all.mean(),
		RequestsPerSecond: new(float64(w.all.n) / seconds),
		ErrorRatio:        new(float64(w.all.n-w.good.n) / float64(w.all.n)),
	}
	if w.good.n > 0 {
		o.SuccessLatencySeconds = w.good.mean()
	}
	return o, true
}
