package tuner

import "time"

const (
	// presumedRequests is how many answers the latency of an observation that
	// does not count them is taken to be the mean of.
	presumedRequests = 100
	// leastTelling is how few answers a mean may be worth.
	leastTelling = 1e-3
	// mostScarcity is that up to which a window of the director's own counters
	// is read, at least a dozen requests; with more of it the window stays open
	// for another period. That a queue grows keeps none open: the latency of a
	// server that falls behind is uncertain, and plainly long.
	mostScarcity = 0.25
	// longestWindow is after how many periods it starts anew all the same.
	longestWindow = 30
	// longestGap is how many periods may lie between two samples.
	longestGap = 3
	// oldestObservation is how many periods ago an observation may end, by default.
	oldestObservation = 6
)

// measurement is what a window told of a real server.
type measurement struct {
	requestsPerSecond float64 // 0 is idle
	latency           float64 // seconds; 0 is not known
	variance          float64 // of the logarithm of the latency
	scarcity          float64 // the part of it that is for want of requests seen
	failing           bool    // it fails so many requests that its latency means nothing
	errors            float64 // failed part of the requests
	took              float64 // seconds, mean over failed requests too; 0 is not known
	donePerSecond     float64 // requests that were done, by the director's counters
	rateVariance      float64 // of the logarithm of the rate, by the director's counters
	counters          bool    // the director's
	age               float64 // seconds since its window began
	held              bool    // many connections are active, and no fewer than when it began
}

func (m measurement) idle() bool { return m.requestsPerSecond == 0 }

// plausible reports whether the latency can be one.
func (m measurement) plausible() bool {
	return m.latency >= leastSeconds && m.latency <= mostSeconds
}

// read closes the window if it can be read, and returns what it told and the
// window that goes on.
func (w window) read(interval time.Duration) (m measurement, next window, ok bool) {
	m, ok = w.measure()
	switch {
	case !ok, m.idle() && w.Seconds < counterAge:
		return m, w, false
	case m.idle(), m.scarcity <= mostScarcity && m.plausible():
		return m, w.next(), true
	case w.Seconds > longestWindow*interval.Seconds():
		return m, w.next(), false
	}
	return m, w, false
}

// measurement returns what an observation tells. counted is the rate by the
// director's counters, for observations that have none; 0 is not known. It is
// false where the observation cannot be, as a latency of 0 with requests.
func (o *Observation) measurement(counted float64, interval time.Duration) (measurement, bool) {
	n := o.counted(counted, interval)
	m := measurement{requestsPerSecond: n.requestsPerSecond}
	if m.idle() {
		return m, true
	}
	if o.ErrorRatio != nil {
		m.errors = *o.ErrorRatio
		m.failing = fails(m.errors, n.requests)
	}
	if l := o.latency(); l != nil {
		m.latency = *l
	}
	m.took = m.latency
	if o.LatencySeconds != nil && *o.LatencySeconds >= leastSeconds {
		m.took = *o.LatencySeconds
	}
	m.variance = 1 / o.telling(n.timed)
	return m, m.failing || m.plausible()
}

// telling returns of how many answers a mean would be as sure if their times
// scattered as much as their mean, as exponential ones do: at most as many as
// it is of, since those that waited in one queue are alike.
func (o *Observation) telling(timed float64) float64 {
	if latency := o.latency(); latency != nil && o.LatencyStandardErrorSeconds != nil {
		deviation := max(*o.LatencyStandardErrorSeconds, leastSeconds)
		return max(leastTelling, min(timed, float64(*latency**latency)/float64(deviation*deviation)))
	}
	return timed
}

// count is how many answers an observation is of.
type count struct {
	requestsPerSecond float64
	requests          float64 // in its window, at least 1
	timed             float64 // of these, at least 1
}

// counted returns how many answers an observation is of, given the rate by the
// director's counters.
func (o *Observation) counted(counted float64, interval time.Duration) count {
	seconds := o.seconds(interval)
	rate := presumedRequests / seconds
	switch {
	case o.RequestsPerSecond != nil:
		rate = *o.RequestsPerSecond
	case counted > 0:
		rate = counted
	}
	timed := rate
	if o.Estimator != "" && o.LatencySeconds != nil {
		rate = max(rate, counted) // not all answers can be timed, and each connection has one
	}
	if rate < leastRequestsPerSecond {
		rate = 0
	}
	return count{rate, max(1, rate*seconds), max(1, timed*seconds)} // what was measured was there
}

// seconds returns the length of the window.
func (o *Observation) seconds(interval time.Duration) float64 {
	if o.WindowSeconds != nil {
		return *o.WindowSeconds
	}
	return interval.Seconds()
}

// latency returns the mean over the answers that did not fail where it is
// known, else that over all, unless too many of them failed, maybe at once.
func (o *Observation) latency() *float64 {
	switch {
	case o.SuccessLatencySeconds != nil:
		return o.SuccessLatencySeconds
	case o.ErrorRatio != nil && *o.ErrorRatio > mostErrors:
		return nil
	}
	return o.LatencySeconds
}
