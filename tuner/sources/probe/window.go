package probe

import (
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// window sums up how the probes of a real server ended since it began.
type window struct {
	since           time.Time
	answers, failed int
	all, good       time.Duration // time taken, by all of them and by those that did not fail
}

// add takes in a probe that the server answered or failed to answer.
func (w *window) add(took time.Duration, failed bool) {
	w.answers++
	w.all += took
	if failed {
		w.failed++
		return
	}
	w.good += took
}

// observation returns what the window tells of a server; nothing without a
// probe that has ended, since an idle window of probes does not say that the
// server is idle.
func (w window) observation(t tuner.Target, now time.Time) (o tuner.Observation, ok bool) {
	seconds := now.Sub(w.since).Seconds()
	if w.answers == 0 || seconds <= 0 {
		return o, false
	}
	o = tuner.Observation{
		Netns: t.Netns, Service: t.Service, Server: t.Server, Time: now,
		WindowSeconds:     &seconds,
		LatencySeconds:    mean(w.all, w.answers),
		RequestsPerSecond: new(float64(w.answers) / seconds),
		ErrorRatio:        new(float64(w.failed) / float64(w.answers)),
	}
	if good := w.answers - w.failed; good > 0 {
		o.SuccessLatencySeconds = mean(w.good, good)
	}
	return o, true
}

func mean(sum time.Duration, n int) *float64 { return new((sum / time.Duration(n)).Seconds()) }
