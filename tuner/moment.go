package tuner

import "time"

// moment is when a step is made.
type moment struct {
	now      stamp
	interval time.Duration // at which steps are meant to be made
	periods  float64       // since the step before, in intervals
	early    bool          // before the period is over

	staleness time.Duration // that observations may have
}

// momentOf returns the moment of a step after one at last, which is zero for
// the first step.
func momentOf(now, last stamp, interval time.Duration) moment {
	m := moment{now: now, interval: interval, periods: 1}
	if !last.IsZero() {
		m.periods = max(0, now.sub(last).Seconds()/interval.Seconds())
	}
	return m
}

// turn returns a number that each period has another of.
func (m moment) turn() int {
	return int(int64(m.now) / int64(time.Second) / max(1, int64(m.interval.Seconds())))
}

// instant returns t as the state holds it: by the calendar alone, so that a
// state is the same whether or not it was in a file meanwhile.
func instant(t time.Time) time.Time { return t.Round(0).UTC() }
