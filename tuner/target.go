package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// stepGain is how much of a server's deviation in log latency a full step takes
// from the logarithm of its share. Where a server's latency grows with its
// load r as 1/(1-r), the step multiplies the deviation by 1 - stepGain*r/(1-r):
// one half settles without overshoot up to 67 % load and settles at all up to
// 80 %. Beyond, the pace makes the steps smaller.
const stepGain = 0.5

// target returns the shares that would bring the servers' latencies together:
// each is multiplied by exp(-stepGain*deviation), or by less where a smaller
// part of the step is to be made, then all of them scaled to the sum that they
// had. A deviation is the logarithm of the server's latency over the mean; a
// server whose step is 0 keeps its share.
func target(shares, deviations, steps []float64) []float64 {
	wanted := make([]float64, len(shares))
	before, after := 0.0, 0.0
	for i, s := range shares {
		wanted[i] = float64(s * exact.Exp(-stepGain*steps[i]*deviations[i]))
		if steps[i] > 0 {
			before, after = before+s, after+wanted[i]
		}
	}
	for i := range wanted {
		if steps[i] > 0 {
			wanted[i] *= before / after
		}
	}
	return wanted
}
