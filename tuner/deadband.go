package tuner

import "math"

// significance is how many standard errors a deviation must have.
const significance = 3.0

// plainDeviations returns, of each server that is free, the logarithm of its
// latency over the mean, weighted by share, of all that are free: 0 unless it
// exceeds three standard errors, so that noise moves nothing. latencies are in
// seconds, variances those of their logarithms.
func plainDeviations(shares, latencies, variances []float64, free []bool) []float64 {
	parts, mean := latencyParts(shares, latencies, free)
	noise := 0.0
	for i, p := range parts {
		noise += p * p * variances[i]
	}
	deviations := make([]float64, len(shares))
	for i, p := range parts {
		if !free[i] {
			continue
		}
		// The server's own noise is in the mean too, by its part of it.
		variance := noise + (1-2*p)*variances[i]
		deviation := math.Log(latencies[i] / mean)
		if math.Abs(deviation) > significance*math.Sqrt(variance) {
			deviations[i] = deviation
		}
	}
	return deviations
}

// latencyParts returns the mean latency, weighted by share, of the servers
// that are free, and each one's part of it; a part is 0 where a server is not
// free.
func latencyParts(shares, latencies []float64, free []bool) (parts []float64, mean float64) {
	parts = make([]float64, len(shares))
	total, weight := 0.0, 0.0
	for i, s := range shares {
		if free[i] {
			parts[i] = s * latencies[i]
			total, weight = total+parts[i], weight+s
		}
	}
	for i := range parts {
		parts[i] /= total
	}
	return parts, total / weight
}

// worthwhile reports whether the wanted shares differ from the present ones by
// more than the tolerance of the weights. Less is not worth a write: it starts
// wrr's round again at the head of its list and drops the cached route.
func worthwhile(shares, wanted []float64) bool {
	for i, w := range wanted {
		if math.Abs(w-shares[i]) > tolerance(w, len(wanted)) {
			return true
		}
	}
	return false
}
