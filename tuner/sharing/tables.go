package sharing

import (
	"math"
	"math/bits"
)

// Sizes of the tables of sh (ip_vs_sh.c:IP_VS_SH_TAB_SIZE) and mh (Debian's
// CONFIG_IP_VS_MH_TAB_INDEX 12).
const (
	shSlots = 256
	mhSlots = 4093
)

// shTable is sh: a server takes as many buckets in a row as its weight says,
// one at weight 0 (ip_vs_sh.c:ip_vs_sh_reassign).
type shTable struct{ proportional }

func (shTable) shares(weights []uint32, into []float64) {
	for i, w := range weights {
		into[i] = float64(max(w, 1))
	}
	dealt(shSlots, into)
	for i, w := range weights {
		if w == 0 {
			into[i] = 0 // its clients are not served, or with sh-fallback by the others
		}
	}
	normalise(into)
}

// mhTable is mh: a server takes its turns, one slot each
// (ip_vs_mh.c:ip_vs_mh_populate). One at weight 0 keeps those of its last
// weight, which the table does not tell; it is taken for one that was never
// there.
type mhTable struct{ proportional }

func (mhTable) shares(weights []uint32, into []float64) {
	by := turnsOf(weights)
	for i, w := range weights {
		into[i] = float64(by.turns(w))
	}
	dealt(mhSlots, into)
	normalise(into)
}

// dealt fills a table by rounds, in which each server takes its turns, and
// puts the numbers of slots in place of the turns. The last round ends where
// the table is full.
func dealt(slots float64, turns []float64) {
	round := sumOf(turns)
	if round == 0 {
		return
	}
	full := math.Floor(slots / round)
	rest := slots - float64(full*round)
	for i, n := range turns {
		last := n
		if rest < n {
			last = rest
		}
		turns[i] = float64(full*n) + last
		rest -= last
	}
}

// mhTurns is how mh makes turns of weights: without the common divisor, and
// without so many of their lower bits that six are left of the largest.
type mhTurns struct {
	divisor uint32
	shift   int
}

func turnsOf(weights []uint32) mhTurns {
	divisor, largest := uint32(0), uint32(0)
	for _, w := range weights {
		if divisor != 1 {
			divisor = gcd(divisor, w)
		}
		largest = max(largest, w)
	}
	divisor = max(divisor, 1)
	return mhTurns{divisor, max(bits.Len32(largest/divisor)-6, 0)}
}

func (m mhTurns) turns(weight uint32) int {
	if weight == 0 {
		return 0
	}
	return int(max(weight/m.divisor>>m.shift, 1))
}

func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
