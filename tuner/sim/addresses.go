package sim

import (
	"encoding/binary"
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// population draws addresses, by Walker's method of aliases: each place keeps
// its own address with some chance and else gives another one, so that all
// chances come out right and a draw looks at one place.
type population struct {
	first  netip.Addr
	keep   []float64 // chance to keep; nil where all are alike
	alias  []int32
	count  int
	stream stream
}

func newPopulation(a Addresses, s stream) *population {
	p := &population{first: a.Prefix.Masked().Addr(), count: max(1, a.Count), stream: s}
	if a.Skew != 0 && p.count > 1 {
		p.share(zipf(p.count, a.Skew))
	}
	return p
}

// zipf returns chances in proportion to k^-skew, times their number.
func zipf(n int, skew float64) []float64 {
	chances, sum := make([]float64, n), 0.0
	for i := range chances {
		chances[i] = exact.Exp(-float64(skew * exact.Log(float64(i+1))))
		sum += chances[i]
	}
	for i := range chances {
		chances[i] = float64(chances[i]*float64(n)) / sum
	}
	return chances
}

// share fills the places: those that a chance leaves room in are given
// addresses whose chance is above one place.
func (p *population) share(chances []float64) {
	p.keep, p.alias = chances, make([]int32, len(chances))
	var small, large []int32
	for i, c := range chances {
		if c < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		p.alias[s] = l
		chances[l] -= 1 - chances[s]
		if chances[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		p.keep[i] = 1 // but for what rounding lost
	}
}

func (p *population) draw() netip.Addr {
	i := 0
	if p.count > 1 {
		i = p.stream.below(p.count)
	}
	if p.keep != nil && p.stream.uniform() > p.keep[i] {
		i = int(p.alias[i])
	}
	return nth(p.first, uint64(i))
}

// nth returns the address that is n after the first of its network.
func nth(first netip.Addr, n uint64) netip.Addr {
	if first.Is4() {
		b := first.As4()
		binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+uint32(n))
		return netip.AddrFrom4(b)
	}
	b := first.As16()
	binary.BigEndian.PutUint64(b[8:], binary.BigEndian.Uint64(b[8:])+n)
	return netip.AddrFrom16(b)
}
