package sharing

import (
	"cmp"
	"slices"
)

// Evenness reckons how evenly wrr deals. It keeps its room from one use to the
// next.
type Evenness struct {
	variations []float64
	order      []int32 // servers
	places     []int32 // of the servers of each weight, in that order
}

// Variations returns how evenly wrr deals each server its connections: the
// squared coefficient of variation of the times between them, where those of
// the service come by chance. It is 1/n for n equal weights, 1 for a server
// that chance would serve as evenly, and large for one whose connections come
// in runs; 0 for a quiescent server. They are good until the next call.
//
// wrr lowers a level from the largest weight by the common divisor, and at each
// level takes all servers of that weight and more in turn
// (net/netfilter/ipvs/ip_vs_wrr.c). So a cycle has phases: in the k-th, from 1,
// the k servers of the largest weights are dealt every k-th connection. From
// its last in a cycle to its first in the next a server waits for one round and
// for the phases before its own.
func (e *Evenness) Variations(weights []uint32) []float64 {
	order, divisor := e.heaviestFirst(weights)
	e.variations = append(e.variations[:0], make([]float64, len(weights))...)
	n := float64(len(order))
	cycle, squares := 0.0, 0.0 // connections; sum of the squared gaps of the server at hand
	for k, i := range order {
		cycle += float64(weights[i] / divisor)
		squares += float64(rounds(weights, order, k, divisor) * float64((k+1)*(k+1)))
	}
	before := 0.0 // connections in the phases before the server's first
	for k, i := range order {
		if k > 0 && weights[i] == weights[order[k-1]] {
			e.variations[i] = e.variations[order[k-1]]
		} else {
			count := float64(weights[i] / divisor)
			mean, last := cycle/count, n+before
			square := (squares - float64(n*n) + float64(last*last)) / count
			e.variations[i] = (mean + square - float64(mean*mean)) / float64(mean*mean)
		}
		took := rounds(weights, order, k, divisor)
		squares -= float64(took * float64((k+1)*(k+1)))
		before += float64(took * float64(k+1))
	}
	return e.variations
}

// heaviestFirst returns the servers that are not quiescent by weight, and the
// weights' greatest common divisor.
func (e *Evenness) heaviestFirst(weights []uint32) (order []int32, divisor uint32) {
	e.order = e.order[:0]
	largest := uint32(0)
	for i, w := range weights {
		if w > 0 {
			e.order, largest = append(e.order, int32(i)), max(largest, w)
			if divisor != 1 {
				divisor = gcd(divisor, w)
			}
		}
	}
	const few = 16 // values a weight can have, by server
	if n := len(e.order); n > 0 && largest/divisor <= uint32(few*n) {
		e.byCounting(weights, divisor, largest/divisor)
	} else {
		slices.SortFunc(e.order, func(a, b int32) int { return cmp.Compare(weights[b], weights[a]) })
	}
	return e.order, divisor
}

// byCounting sorts by weight where these have few values.
func (e *Evenness) byCounting(weights []uint32, divisor, largest uint32) {
	e.places = append(e.places[:0], make([]int32, largest+1)...)
	for _, i := range e.order {
		e.places[largest-weights[i]/divisor]++
	}
	place := int32(0)
	for at, servers := range e.places {
		e.places[at], place = place, place+servers
	}
	for i, w := range weights {
		if w > 0 {
			at := &e.places[largest-w/divisor]
			e.order[*at] = int32(i)
			*at++
		}
	}
}

// rounds returns the rounds of the k-th phase, from 0.
func rounds(weights []uint32, order []int32, k int, divisor uint32) float64 {
	left := weights[order[k]]
	if k+1 < len(order) {
		left -= weights[order[k+1]]
	}
	return float64(left / divisor)
}
