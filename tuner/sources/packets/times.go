package packets

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// tick is that of the clocks that timestamps are of, in seconds.
const tick = 1e-3

// tell puts what a window of so many seconds told into an observation: the rate
// of all answers, and the latency by the estimator that has most of them since
// the start, so that it does not change from one window to the next. It is false
// where that one has none, and others have.
func (t times) tell(o *tuner.Observation, seconds float64) bool {
	answers, best := uint64(0), uint64(0)
	var by passive.Measure
	for _, m := range []passive.Measure{passive.FirstByte, passive.Timestamps, passive.Acknowledgement} {
		s := t[m]
		if s == nil {
			continue
		}
		answers += s.window.Count()
		if n := s.total.Count(); n > best {
			best, by = n, m
		}
	}
	o.RequestsPerSecond = new(float64(answers) / seconds)
	if best == 0 {
		return true
	}
	o.Estimator = by.String()
	if answers == 0 {
		return true
	}
	window := &t[by].window
	if window.Count() == 0 {
		return false
	}
	mean, failure := meanOf(window, by)
	o.LatencySeconds, o.LatencyStandardErrorSeconds = &mean, &failure
	return true
}

// meanOf returns the mean of the times in a histogram, in seconds, and its
// standard error by the buckets that they are in. A time by timestamps has two
// roundings to a tick in it, even where all are in one bucket. A mean of nothing,
// or less, which roundings can come to, is the least time that is told apart.
func meanOf(h *passive.Histogram, by passive.Measure) (mean, standardError float64) {
	n := float64(h.Count())
	mean = max(h.Sum.Seconds()/n, passive.UpperBound(0))
	squares := 0.0
	for i, in := range h.Buckets {
		off := middle(i) - mean
		squares += float64(float64(in) * float64(off*off))
	}
	variance := squares / n
	if by == passive.Timestamps {
		variance = max(variance, tick*tick/6)
	}
	return mean, math.Sqrt(variance / n)
}

// middle returns a time in the middle of a bucket, in seconds; that of the last,
// which has none, is its beginning.
func middle(bucket int) float64 {
	switch bucket {
	case 0:
		return 0
	case passive.Buckets - 1:
		return passive.UpperBound(bucket - 1)
	}
	return math.Sqrt(passive.UpperBound(bucket-1) * passive.UpperBound(bucket))
}
