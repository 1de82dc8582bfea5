package sharing

import (
	"cmp"
	"slices"
)

// Evenness reckons how evenly wrr deals. It keeps its room from one use to the
// next.
type Evenness struct {
	levels []level // from the heaviest; the last is that of quiescent servers
	of     []int32 // which of them servers have
	deals  []Deal

	variations []float64

	places        []int32 // of levels, by weight
	heaviestFirst []int32
}

// level is a weight, without the common divisor, and how many servers have it;
// the quiescent ones do not count.
type level struct{ weight, servers float64 }

// Variations returns how evenly wrr deals each server its connections: the
// squared coefficient of variation of the times between them, where those of
// the service come by chance. It is 1/n for n equal weights, 1 for a server
// that chance would serve as evenly, and large for one whose connections come
// in runs; 0 for a quiescent server. Equal weights have the same one, so there
// is one for each level of weight, and of tells each server's. Both are good
// until the next call.
//
// wrr lowers a level from the largest weight by the common divisor, and at each
// level takes all servers of that weight and more in turn
// (net/netfilter/ipvs/ip_vs_wrr.c). So a cycle has phases: in each the n servers
// of one weight and more are dealt every n-th connection. From its last in a
// cycle to its first in the next a server waits for one round and for the phases
// before its own.
func (e *Evenness) Variations(weights []uint32) (variations []float64, of []int32) {
	e.sort(weights)
	none := len(e.levels) - 1
	servers, cycle, squares := 0.0, 0.0, 0.0 // all; connections; sum of the squared gaps of the level at hand
	for k, l := range e.levels[:none] {
		servers += l.servers
		cycle += float64(l.weight * l.servers)
		squares += float64(e.rounds(k) * servers * servers)
	}
	e.variations = e.variations[:0]
	n, before := 0.0, 0.0 // servers and connections in the phases before the level's first
	for k, l := range e.levels[:none] {
		mean, last := cycle/l.weight, servers+before
		square := (squares - float64(servers*servers) + float64(last*last)) / l.weight
		e.variations = append(e.variations, (mean+square-float64(mean*mean))/float64(mean*mean))
		n += l.servers
		squares -= float64(e.rounds(k) * n * n)
		before += float64(e.rounds(k) * n)
	}
	e.variations = append(e.variations, 0)
	return e.variations, e.of
}

// rounds returns the rounds of the k-th phase, from 0.
func (e *Evenness) rounds(k int) float64 { return e.levels[k].weight - e.levels[k+1].weight }

// sort finds the levels, and which of them each server has. Where weights have
// few values it counts the servers of each.
func (e *Evenness) sort(weights []uint32) {
	divisor, largest := uint32(0), uint32(0)
	for _, w := range weights {
		largest = max(largest, w)
		if divisor != 1 {
			divisor = gcd(w, divisor)
		}
	}
	divisor = max(divisor, 1)
	e.levels, e.of = e.levels[:0], resized(e.of, len(weights))
	if few := 16 * len(weights); int(largest/divisor) <= few {
		e.byCounting(weights, divisor, largest/divisor)
	} else {
		e.bySorting(weights, divisor)
	}
}

func (e *Evenness) byCounting(weights []uint32, divisor, largest uint32) {
	e.places = append(e.places[:0], make([]int32, largest+1)...)
	for i, w := range weights {
		e.of[i] = int32(w / divisor)
		e.places[e.of[i]]++
	}
	for w := largest; w > 0; w-- {
		if n := e.places[w]; n > 0 {
			e.places[w] = int32(len(e.levels))
			e.levels = append(e.levels, level{float64(w), float64(n)})
		}
	}
	e.places[0] = int32(len(e.levels))
	e.levels = append(e.levels, level{})
	for i, w := range e.of {
		e.of[i] = e.places[w]
	}
}

func (e *Evenness) bySorting(weights []uint32, divisor uint32) {
	e.heaviestFirst = e.heaviestFirst[:0]
	for i := range weights {
		e.heaviestFirst = append(e.heaviestFirst, int32(i))
	}
	slices.SortFunc(e.heaviestFirst, func(a, b int32) int { return cmp.Compare(weights[b], weights[a]) })
	for k, i := range e.heaviestFirst {
		w := weights[i]
		if w > 0 && (k == 0 || w != weights[e.heaviestFirst[k-1]]) {
			e.levels = append(e.levels, level{weight: float64(w / divisor)})
		}
		e.of[i] = int32(len(e.levels))
		if w > 0 {
			e.of[i]--
			e.levels[e.of[i]].servers++
		}
	}
	e.levels = append(e.levels, level{})
}
