package sim

import "time"

// tally counts what becomes of requests.
type tally struct {
	from     time.Duration // requests that began earlier count in the period and in flight only
	requests uint64
	errors   Errors
	times    histogram // of those answered

	inFlight int
	area     float64 // integral of inFlight over time, in nanoseconds
	asOf     time.Duration

	beyond float64       // requests more than the servers can do
	since  time.Duration // until when beyond is counted

	period periodTally

	writes int
	moved  float64
}

// periodTally counts in a period.
type periodTally struct {
	answered, failed uint64
	sum, longest     time.Duration // of those answered
}

// serverTally counts at a server in a period.
type serverTally struct {
	came             uint64  // connections
	promised         float64 // connections, by the oracle's shares
	settled          uint64  // connections that promised takes into account
	answered, failed uint64
	sum              time.Duration // of those answered
}

func (t *tally) flow(now time.Duration, change int) {
	t.area += float64(float64(t.inFlight) * float64(now-t.asOf))
	t.asOf = now
	t.inFlight += change
}

// overload counts the requests that came since the last time at this many per
// second more than the servers can do.
func (t *tally) overload(now time.Duration, perSecond float64) {
	t.beyond += float64(perSecond * (now - min(now, max(t.since, t.from))).Seconds())
	t.since = now
}

// began counts a request.
func (t *tally) began(now time.Duration) {
	t.flow(now, 1)
	if now >= t.from {
		t.requests++
	}
}

// answered counts a request that got its answer.
func (t *tally) answered(began, now time.Duration) {
	t.flow(now, -1)
	d := now - began
	t.period.answered++
	t.period.sum += d
	t.period.longest = max(t.period.longest, d)
	if began >= t.from {
		t.times.add(d)
	}
}

// lost counts a request that failed, by its kind, which is one of errors.
func (t *tally) lost(began, now time.Duration, kind *uint64) {
	t.flow(now, -1)
	t.period.failed++
	if began >= t.from {
		*kind++
	}
}

// cost returns the mean seconds of answered and failed requests, the latter at
// the penalty each; 0 without any.
func cost(answered, failed uint64, sum, penalty time.Duration) float64 {
	if answered+failed == 0 {
		return 0
	}
	return (sum.Seconds() + float64(float64(failed)*penalty.Seconds())) / float64(answered+failed)
}
