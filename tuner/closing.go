package tuner

import (
	"math/bits"
	"slices"
)

const (
	// shortestSlot is how many seconds connections are counted together for at
	// least, and mostSlots how many slots are kept.
	shortestSlot = 9.0
	mostSlots    = 40
	// stay is for how many seconds the director counts closed connections, in
	// TIME_WAIT (net/netfilter/ipvs/ip_vs_proto_tcp.c).
	stay = 120.0
	// edge is up to how many times what is blind active ones may count for it to be
	// kept when connections came: services at the edge would else begin anew each time.
	edge = 2.0
)

// noteComing keeps when connections came that the director counts still, by
// slots of seconds that the service has, as far as it matters: under a scheduler
// that counts closed connections and where active ones make up for little.
func (s *serviceState) noteComing(f *fleet) {
	seconds := f.countedSeconds()
	if !f.remembers() || seconds == 0 || seconds > stay || float64(f.factor*f.meanLatency()) > edge*blind*stay {
		s.forgetComing()
		return
	}
	slots := append(slices.Clone(s.Slots[s.spent(f):]), seconds)
	last := len(slots) - 1
	joins := last > 0 && slots[last-1] < shortestSlot && slots[last-1]+seconds < 2*shortestSlot
	block := make([]byte, len(slots)*len(f.servers))
	for i := range f.servers {
		known, came := &s.Servers[i], block[:len(slots):len(slots)]
		block = block[len(slots):]
		for slot := range last {
			came[slot] = known.packedIn(len(s.Slots)-last+slot, len(s.Slots))
		}
		if came[last] = packed(f.servers[i].counted.came()); joins {
			came[last-1] = packed(unpacked(came[last-1]) + f.servers[i].counted.came())
			came = came[:last]
		}
		known.Came = came
	}
	if joins {
		slots[last-1] += seconds
		slots = slots[:last]
	}
	s.Slots = slots
}

func (s *serviceState) forgetComing() {
	s.Slots = nil
	for i := range s.Servers {
		s.Servers[i].Came = nil
	}
}

// closed returns how many closed connections the director counts.
func (f *fleet) closed() (sum float64) {
	for i := range f.servers {
		sum += float64(f.servers[i].InactiveConnections)
	}
	return sum
}

// countedSeconds returns for how long connections were counted; 0 is none were.
func (f *fleet) countedSeconds() (seconds float64) {
	for i := range f.servers {
		if c := &f.servers[i].counted; c.known {
			seconds = c.seconds
		}
	}
	return seconds
}

// meanLatency returns that of the requests, 0 where none is known.
func (f *fleet) meanLatency() float64 {
	rate, sum := 0.0, 0.0
	for i := range f.servers {
		if s := &f.servers[i]; s.measured {
			rate += s.perSecond
			sum += float64(s.perSecond * s.latency)
		}
	}
	if rate == 0 {
		return 0
	}
	return sum / rate
}

// spent returns how many of the oldest slots are of connections that are gone:
// those that are closed now came after them, and as many again as a tenth.
func (s *serviceState) spent(f *fleet) int {
	const room = 1.1
	there, came := f.closed(), 0.0
	for i := range f.servers {
		came += f.servers[i].counted.came()
	}
	slot := len(s.Slots)
	for slot > 0 && came < float64(room*there) && len(s.Slots)-slot < mostSlots-1 {
		slot--
		came += s.cameIn(slot)
	}
	return slot
}

// cameIn returns the connections that came in a slot.
func (s *serviceState) cameIn(slot int) (sum float64) {
	for i := range s.Servers {
		sum += s.Servers[i].cameIn(slot, len(s.Slots))
	}
	return sum
}

// going returns how many of the closed connections of each server the director
// forgets in the coming seconds; nil where it is not known. Those that are there
// are the last that came.
func (s *serviceState) going(f *fleet, seconds float64) []float64 {
	there := f.closed()
	slot, part := len(s.Slots), 1.0 // the part of the oldest slot that is there
	for there > 0 {
		if slot--; slot < 0 {
			return nil
		}
		came := s.cameIn(slot)
		part = min(1, there/max(came, 1))
		there -= came
	}
	gone := make([]float64, len(f.servers))
	for ; slot < len(s.Slots) && seconds > 0; slot++ {
		lasts := float64(s.Slots[slot] * part)
		taken := float64(part * min(1, seconds/lasts))
		for i := range gone {
			gone[i] += float64(taken * s.Servers[i].cameIn(slot, len(s.Slots)))
		}
		seconds, part = seconds-lasts, 1
	}
	return gone
}

// cameIn returns the connections that came in one of so many slots, of which
// the server may lack the oldest.
func (s *serverState) cameIn(slot, slots int) float64 { return unpacked(s.packedIn(slot, slots)) }

func (s *serverState) packedIn(slot, slots int) byte {
	if at := slot - (slots - len(s.Came)); at >= 0 {
		return s.Came[at]
	}
	return 0
}

// packed returns a number in a byte, to 3 %: four of its bits and where they
// stand, since a state of a hundred thousand servers is to stay small. Half a
// million is the most.
func packed(number float64) byte {
	n := uint32(min(max(0, number)+0.5, 31<<14))
	if n < 16 {
		return byte(n)
	}
	n += 1 << (bits.Len32(n) - 5) >> 1
	shift := bits.Len32(n) - 5
	return byte((shift+1)<<4 + int(n>>shift) - 16)
}

func unpacked(b byte) float64 {
	if b < 16 {
		return float64(b)
	}
	return float64((uint32(b&15) + 16) << (b>>4 - 1))
}
