package director

import "math/rand/v2"

// twos draws two servers, each as likely as its weight says, and takes the one
// with the lesser overhead by weight, of equal ones the first drawn
// (net/netfilter/ipvs/ip_vs_twos.c). A draw is a number from 0 to the sum of
// the weights, both included, so the first server is a little likelier. The
// kernel multiplies in 32 bits, and so does this.
type twos struct {
	unchanging
	random *rand.Rand
}

func (t twos) choose(s *Service, _ key) int {
	sum := int32(0)
	for at := range s.scan[:s.listed] {
		if g := &s.scan[at]; g.eligible() {
			sum += g.weight
		}
	}
	if sum == 0 {
		return -1
	}
	first := s.drawn(int32(t.random.Uint32N(uint32(sum) + 1)))
	second := s.drawn(int32(t.random.Uint32N(uint32(sum) + 1)))
	a, b, c := &s.scan[first], &s.scan[second], s.overhead()
	if b.weight*int32(c.of(a)) > a.weight*int32(c.of(b)) {
		return second
	}
	return first
}

// drawn returns the first eligible server whose weight and those before it
// reach n.
func (s *Service) drawn(n int32) int {
	for at := range s.scan[:s.listed] {
		if g := &s.scan[at]; g.eligible() {
			if n -= g.weight; n <= 0 {
				return at
			}
		}
	}
	return -1
}
