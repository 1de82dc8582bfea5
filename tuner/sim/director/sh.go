package director

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// What the flags of sh and mh mean.
const (
	fallback = ipvs.FlagScheduler1 // another server for clients whose own is not eligible
	withPort = ipvs.FlagScheduler2 // hash the client's port too
)

// sh hashes the client's address (net/netfilter/ipvs/ip_vs_sh.c). The servers
// stand in 256 buckets by turns, each in as many in a row as its weight says,
// and in one at weight 0. A bucket whose server is not eligible serves nobody,
// or with the flag fallback leads to the next buckets, beginning at twice its
// place.
type sh struct {
	buckets [256]uint16 // numbers of servers
}

func (h *sh) choose(s *Service, k key) int {
	if s.listed == 0 {
		return -1
	}
	bucket := hash32(s.hashed(k), 8)
	if at := s.known[h.buckets[bucket]].at; s.scan[at].eligible() {
		return at
	}
	if !s.flags.Has(fallback) {
		return -1
	}
	for i := range uint32(256) {
		if at := s.known[h.buckets[(2*bucket+i)%256]].at; s.scan[at].eligible() {
			return at
		}
	}
	return -1
}

// hashed is what sh and mh hash of a client.
func (s *Service) hashed(k key) uint32 {
	folded := k.client.fold(s.id.Family())
	if s.flags.Has(withPort) {
		folded += uint32(k.clientPort)
	}
	return folded
}

func (h *sh) added(s *Service)          { h.deal(s) }
func (h *sh) deleted(s *Service, _ int) { h.deal(s) }
func (h *sh) edited(s *Service)         { h.deal(s) }

func (h *sh) deal(s *Service) {
	for dealt := 0; dealt < len(h.buckets) && s.listed > 0; {
		for at := range s.scan[:s.listed] {
			for range min(max(int(s.scan[at].weight), 1), len(h.buckets)-dealt) {
				h.buckets[dealt] = s.scan[at].number
				dealt++
			}
		}
	}
}
