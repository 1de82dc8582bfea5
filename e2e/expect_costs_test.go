//go:build lab

package e2e

import (
	"math"
	"math/bits"
	"testing"
)

// costs are what the schedulers make of the weights and connections, by the
// formulas of kernels that count all connections of a server, active ones 256
// times more: Linux 7.2, 6.12.104 and 6.1.183, and later.
func (e expected) costs(t *testing.T) {
	l := e.listing("")
	for service, servers := range l.order {
		scheduler := l.services[service][0]
		weights := make([]float64, len(servers))
		for i, server := range servers {
			fields := l.servers[[2]string{service, server}]
			weights[i] = number(t, fields[1])
			if cost, computed := overhead(scheduler, weights[i], number(t, fields[2]), number(t, fields[3])); computed {
				e.samples[ofServer("overhead", service, server)] = cost
			}
		}
		for i, share := range shares(scheduler, weights) {
			e.samples[ofServer("expected_share_ratio", service, servers[i])] = share
		}
	}
}

func overhead(scheduler string, weight, active, inactive float64) (cost float64, computed bool) {
	switch scheduler {
	case "lc":
		cost = 257*active + inactive
	case "wlc", "lblc", "lblcr", "twos":
		cost = (257*active + inactive) / weight
	case "sed":
		cost = (active + 1) / weight
	case "nq":
		cost = min(active, 1) * (active + 1) / weight
	default:
		return 0, false
	}
	if weight == 0 {
		cost = math.Inf(1)
	}
	return cost, true
}

// shares are those that the weights promise, in the kernel's order; none where
// nothing is promised.
func shares(scheduler string, weights []float64) []float64 {
	common := divisor(weights)
	if common == 0 {
		return nil
	}
	parts := make([]float64, len(weights))
	switch scheduler {
	case "rr":
		for i, weight := range weights {
			parts[i] = min(weight, 1)
		}
	case "wrr":
		copy(parts, weights)
	case "sh": // 256 buckets, dealt out in runs as long as the weight
		for left := 256.0; left > 0; {
			for i, weight := range weights {
				run := min(max(weight, 1), left)
				left -= run
				parts[i] += run * min(weight, 1)
			}
		}
	case "mh": // weights cut to their upper six bits
		cut := 0
		for _, weight := range weights {
			cut = max(cut, bits.Len(uint(weight/common))-6)
		}
		for i, weight := range weights {
			parts[i] = max(math.Floor(weight/common/float64(uint(1)<<cut)), 1) * min(weight, 1)
		}
	case "fo":
		best := 0
		for i, weight := range weights {
			if weight > weights[best] {
				best = i
			}
		}
		parts[best] = min(weights[best], 1)
	}
	return ofOne(parts)
}

// divisor is the largest that all weights have in common, 0 if all are 0.
func divisor(weights []float64) float64 {
	common := 0.0
	for _, weight := range weights {
		for ; weight != 0; common, weight = weight, math.Mod(common, weight) {
		}
	}
	return common
}

func ofOne(parts []float64) []float64 {
	sum := 0.0
	for _, part := range parts {
		sum += part
	}
	if sum == 0 {
		return nil
	}
	for i := range parts {
		parts[i] /= sum
	}
	return parts
}
