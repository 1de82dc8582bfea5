package tuner

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// drift is by how much the variance of a server's log latency grows in a
	// period in which nothing is known to have happened: 3 % a period.
	drift = 0.03 * 0.03
	// surprise is how many standard deviations a measurement may be off
	// before it is held back, and believed if the next one is off too.
	surprise = 4.0
	// shock is how many of them are believed at once.
	shock = 8.0
	// vaguest is the most variance: with more of it nothing is known either.
	vaguest = 1e9
)

// estimate is a scalar Kalman filter of the logarithm of a real server's
// latency in seconds. It averages noise while the server stays as it is, and
// starts anew from what is measured once the server has plainly changed. The
// zero estimate knows nothing.
type estimate struct {
	LogLatency float64 `json:"log_latency"`
	Variance   float64 `json:"variance"` // 0 before the first measurement
	Surprised  bool    `json:"surprised,omitempty"`
}

// predict returns the estimate some periods later. shift is the logarithm of
// the factor by which the server's share has changed meanwhile; its latency is
// expected to have changed by something of that size.
func (e estimate) predict(periods, shift float64) estimate {
	if e.Variance > 0 {
		e.Variance = min(vaguest, e.Variance+float64(periods*drift)+float64(shift*shift))
	}
	return e
}

// update returns the estimate that takes in a measured log latency with the
// given variance.
func (e estimate) update(logLatency, variance float64) estimate {
	variance = min(vaguest, variance)
	if e.Variance == 0 {
		return estimate{LogLatency: logLatency, Variance: variance}
	}
	innovation := logLatency - e.LogLatency
	switch off := math.Abs(innovation) / math.Sqrt(e.Variance+variance); {
	case off > shock, off > surprise && e.Surprised:
		return estimate{LogLatency: logLatency, Variance: variance}
	case off > surprise:
		e.Surprised = true
		return e
	}
	gain := e.Variance / (e.Variance + variance)
	return estimate{LogLatency: e.LogLatency + float64(gain*innovation), Variance: (1 - gain) * e.Variance}
}

// sound reports whether the estimate can be one of a plausible latency.
func (e estimate) sound() bool {
	return e.LogLatency >= exact.Log(leastSeconds)-1e-5 && e.LogLatency <= exact.Log(mostSeconds)+1e-5 &&
		e.Variance >= 0 && e.Variance <= vaguest
}
