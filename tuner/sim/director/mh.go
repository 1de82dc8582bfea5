package director

import (
	"math/bits"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// mhSize is the number of slots (CONFIG_IP_VS_MH_TAB_INDEX 12); a prime.
const mhSize = 4093

// mh is Maglev hashing (net/netfilter/ipvs/ip_vs_mh.c). Each server goes over
// all slots in an order of its own and, when it has its turns, takes the next
// ones that are free; the client's address says the slot. A slot whose server
// is not eligible serves nobody, or with the flag fallback leads to others.
//
// Turns go by the last weight that was not 0, so a quiescent server keeps its
// slots.
type mh struct {
	slots []uint16 // numbers of servers; nil where no weight but 0 is known
}

// The keys of the two hash functions.
const (
	mhKey     = 2654435761
	mhStepKey = 2654446892
)

func (m *mh) choose(s *Service, k key) int {
	if m.slots == nil {
		return -1
	}
	hashed := s.hashed(k)
	slot := hsiphash(hashed, mhKey) % mhSize
	if at := s.known[m.slots[slot]].at; s.scan[at].eligible() {
		return at
	}
	if !s.flags.Has(fallback) {
		return -1
	}
	for i := range uint32(mhSize) {
		other := hsiphash(hashed+(slot+i)%mhSize, mhKey) % mhSize
		if at := s.known[m.slots[other]].at; s.scan[at].eligible() {
			return at
		}
	}
	return -1
}

func (m *mh) added(s *Service)          { m.fill(s) }
func (m *mh) deleted(s *Service, _ int) { m.fill(s) }
func (m *mh) edited(s *Service)         { m.fill(s) }

// walk is a server's way over the slots.
type walk struct {
	server     uint16
	next, step uint32
	turns      int
}

func (m *mh) fill(s *Service) {
	walks := s.walks()
	if len(walks) == 0 {
		m.slots = nil
		return
	}
	m.slots = make([]uint16, mhSize)
	taken := make([]bool, mhSize)
	for filled := 0; filled < mhSize; {
		for i := range walks {
			w := &walks[i]
			for range min(w.turns, mhSize-filled) {
				for taken[w.next] {
					w.next = (w.next + w.step) % mhSize
				}
				taken[w.next] = true
				m.slots[w.next] = w.server
				filled++
			}
		}
	}
}

// walks returns those of the servers that have turns: their last weights
// without the common divisor, and without so many of their lower bits that
// six are left of the largest, but at least 1.
func (s *Service) walks() []walk {
	var divisor, heaviest int32
	for at := range s.scan[:s.listed] {
		weight := s.known[s.scan[at].number].lastWeight
		divisor, heaviest = gcd(divisor, weight), max(heaviest, weight)
	}
	var walks []walk
	for at := range s.scan[:s.listed] {
		number := s.scan[at].number
		if weight := s.known[number].lastWeight; weight > 0 {
			shift := max(bits.Len32(uint32(heaviest/divisor))-6, 0)
			hashed := s.hashedServer(s.known[number].config.ID)
			walks = append(walks, walk{
				server: number,
				next:   hsiphash(hashed, mhKey) % mhSize,
				step:   hsiphash(hashed, mhStepKey)%(mhSize-1) + 1,
				turns:  int(max(weight/divisor>>shift, 1)),
			})
		}
	}
	return walks
}

// hashedServer is what mh hashes of a server. Of an IPv6 server in an IPv4
// service that is the first word of the address alone.
func (s *Service) hashedServer(id ipvs.ServerID) uint32 {
	e := endpointOf(id.AddrPort)
	folded := e.address.fold(ipvs.FamilyOf(id.Addr()))
	if s.id.Family() == ipvs.IPv4 && id.Addr().Is6() {
		folded = uint32(e.address.high >> 32)
	}
	return folded + uint32(e.port)
}
