package sharing

import "slices"

// Variations returns how evenly wrr deals each server its connections: the
// squared coefficient of variation of the times between them, where those of
// the service come by chance. It is 1/n for n equal weights, 1 for a server
// that chance would serve as evenly, and large for one whose connections come
// in runs; 0 for a quiescent server.
//
// wrr lowers a level from the largest weight by the common divisor, and at each
// level takes all servers of that weight and more in turn
// (net/netfilter/ipvs/ip_vs_wrr.c). So a cycle has phases: in the k-th, from 1,
// the k servers of the largest weights are dealt every k-th connection. From
// its last in a cycle to its first in the next a server waits for one round and
// for the phases before its own.
func Variations(weights []uint32) []float64 {
	order, divisor := heaviestFirst(weights)
	variations := make([]float64, len(weights))
	n := float64(len(order))
	cycle, squares := 0.0, 0.0 // connections; sum of the squared gaps of the server at hand
	for k, i := range order {
		cycle += float64(weights[i] / divisor)
		squares += float64(rounds(weights, order, k, divisor) * float64((k+1)*(k+1)))
	}
	before := 0.0 // connections in the phases before the server's first
	for k, i := range order {
		count := float64(weights[i] / divisor)
		mean, last := cycle/count, n+before
		square := (squares - float64(n*n) + float64(last*last)) / count
		variations[i] = (mean + square - float64(mean*mean)) / float64(mean*mean)
		took := rounds(weights, order, k, divisor)
		squares -= float64(took * float64((k+1)*(k+1)))
		before += float64(took * float64(k+1))
	}
	return variations
}

// heaviestFirst returns the servers that are not quiescent by weight, and the
// weights' greatest common divisor. Among equals the last is the first.
func heaviestFirst(weights []uint32) (order []int, divisor uint32) {
	keys := make([]uint64, 0, len(weights)) // as numbers, which sort faster
	for i, w := range weights {
		if w > 0 {
			keys = append(keys, uint64(w)<<32|uint64(i))
			if divisor != 1 {
				divisor = gcd(divisor, w)
			}
		}
	}
	slices.Sort(keys)
	order = make([]int, len(keys))
	for at, key := range keys {
		order[len(keys)-1-at] = int(uint32(key))
	}
	return order, divisor
}

// rounds returns the rounds of the k-th phase, from 0.
func rounds(weights []uint32, order []int, k int, divisor uint32) float64 {
	left := weights[order[k]]
	if k+1 < len(order) {
		left -= weights[order[k+1]]
	}
	return float64(left / divisor)
}
