package passive

import "time"

// forgetAfter is how long a server's times are kept after the last.
const forgetAfter = time.Hour

// past is what is remembered of what was read before.
type past map[latencyServerKey]seen

// seen is how a histogram was last.
type seen struct {
	count uint64
	sum   time.Duration // the largest
	since time.Time     // when the count was first so
}

// note takes in a histogram and corrects its sum, which falls for a while where
// times come out below zero that were rounded, and would seem to have been reset.
func (p past) note(now time.Time, key latencyServerKey, h *Histogram) {
	last, count := p[key], h.Count()
	if count < last.count {
		last = seen{}
	}
	if last.since.IsZero() || count != last.count {
		last.since = now
	}
	h.Sum = max(h.Sum, last.sum)
	p[key] = seen{count, h.Sum, last.since}
}

// idle returns those of which nothing was measured for long, and forgets them.
func (p past) idle(now time.Time) (keys []latencyServerKey) {
	for key, last := range p {
		if now.Sub(last.since) >= forgetAfter {
			keys = append(keys, key)
			delete(p, key)
		}
	}
	return keys
}
