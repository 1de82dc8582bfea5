package tuner

import "math"

// stepGain is how much of a server's deviation in log latency one step takes
// from the logarithm of its share. Where a server's latency grows with its
// load r as 1/(1-r), a deviation is multiplied by 1 - stepGain*r/(1-r): up to
// 80 % load one half neither overshoots for long nor waits for long.
const stepGain = 0.5

// target returns the shares that would bring the servers' latencies together:
// each is multiplied by exp(-stepGain*deviation), then all of them scaled to
// the sum that they had. A deviation is the logarithm of the server's latency
// over the mean; a server that is not free keeps its share.
func target(shares, deviations []float64, free []bool) []float64 {
	wanted := make([]float64, len(shares))
	before, after := 0.0, 0.0
	for i, s := range shares {
		wanted[i] = s
		if free[i] {
			wanted[i] = s * math.Exp(-stepGain*deviations[i])
			before, after = before+s, after+wanted[i]
		}
	}
	for i := range wanted {
		if free[i] {
			wanted[i] *= before / after
		}
	}
	return wanted
}
