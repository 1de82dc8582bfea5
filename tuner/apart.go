package tuner

import (
	"cmp"
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// significance returns how many standard errors the latencies of n servers
// must differ by: 3 of two servers, and more of many, so that the chance that
// one of them differs by mere noise stays about the same.
func significance(n int) float64 {
	return math.Sqrt(9 + 2*exact.Log(max(1, float64(n)/2)))
}

// toldApart returns the logarithms of the latencies, with one value for those
// that noise may explain the difference of: from the fastest up, a server
// belongs to the group below it unless it is significantly slower than the
// group's mean, weighted by certainty. Noise so moves nothing, and servers that
// are alike get alike shares. Servers that are not free keep their value.
func toldApart(logs, variances []float64, free []bool) []float64 {
	order := sortedFree(logs, free)
	apart := slices.Clone(logs)
	for begin := 0; begin < len(order); {
		mean, variance, end := logs[order[begin]], variances[order[begin]], begin+1
		for ; end < len(order); end++ {
			next, v := logs[order[end]], variances[order[end]]
			if next-mean > significance(len(order))*math.Sqrt(v+variance) {
				break
			}
			if v+variance > 0 {
				mean = (float64(mean*v) + float64(next*variance)) / (v + variance)
				variance = v * variance / (v + variance)
			}
		}
		for _, i := range order[begin:end] {
			apart[i] = mean
		}
		begin = end
	}
	return apart
}

// sortedFree returns the indices of the servers that are free, the fastest
// first.
func sortedFree(logs []float64, free []bool) []int {
	var order []int
	for i := range logs {
		if free[i] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(logs[a], logs[b]) })
	return order
}

// leastPart is the least share that a server's latency counts with.
const leastPart = 1e-9

// deviations returns, of each server that is free, the logarithm of its latency
// over their mean latency weighted by share; 0 of the others. Equal latencies
// give exactly 0.
func deviations(shares, logs []float64, free []bool) []float64 {
	first := slices.Index(free, true)
	total, weight := 0.0, 0.0
	for i, s := range shares {
		if free[i] {
			s = max(s, leastPart) // those of no share weigh as much as each other
			total, weight = total+float64(s*exact.Exp(logs[i]-logs[first])), weight+s
		}
	}
	deviations := make([]float64, len(shares))
	for i := range shares {
		if free[i] {
			deviations[i] = logs[i] - logs[first] - exact.Log(total/weight)
		}
	}
	return deviations
}
