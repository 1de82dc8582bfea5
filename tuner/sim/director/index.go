package director

import "math/bits"

// index finds entries by the hash of their keys: open addressing with linear
// probing, at most half full. A slot holds the hash in its upper half and the
// entry's number in its lower one; 0 is empty.
type index struct {
	slots []uint64
	used  int
}

func newIndex() index { return index{slots: make([]uint64, 1024)} }

func hashOf(k key) uint32 {
	const odd = 0x9e3779b97f4a7c15
	ports := uint64(k.clientPort)<<24 | uint64(k.toPort)<<8 | uint64(k.protocol)
	high := (k.client.high ^ bits.RotateLeft64(k.to.high, 32)) * odd
	h := (k.client.low ^ bits.RotateLeft64(k.to.low, 32) ^ bits.RotateLeft64(high, 29)) * odd
	h = (h ^ h>>32 ^ ports) * odd
	return uint32(h >> 32)
}

func (x *index) mask() uint32 { return uint32(len(x.slots) - 1) }

// start returns the slot to look at first; the next ones follow it.
func (x *index) start(hash uint32) uint32 { return hash & x.mask() }

// look returns the entry in a slot, whether it has that hash, and whether the
// search ends here.
func (x *index) look(at, hash uint32) (n number, same, end bool) {
	slot := x.slots[at&x.mask()]
	return number(slot), uint32(slot>>32) == hash, slot == 0
}

func (x *index) add(hash uint32, n number) {
	if x.used++; x.used > len(x.slots)/2 {
		x.grow()
	}
	x.put(uint64(hash)<<32 | uint64(n))
}

func (x *index) put(slot uint64) {
	at := x.start(uint32(slot >> 32))
	for x.slots[at] != 0 {
		at = (at + 1) & x.mask()
	}
	x.slots[at] = slot
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]uint64, 2*len(old))
	for _, slot := range old {
		if slot != 0 {
			x.put(slot)
		}
	}
}

// remove empties the slot of an entry that is there, and moves those behind
// it up that would not be found past the gap.
func (x *index) remove(hash uint32, n number) {
	gap := x.start(hash)
	for x.slots[gap] != uint64(hash)<<32|uint64(n) {
		gap = (gap + 1) & x.mask()
	}
	x.used--
	for at := (gap + 1) & x.mask(); x.slots[at] != 0; at = (at + 1) & x.mask() {
		home := x.start(uint32(x.slots[at] >> 32))
		if (at-home)&x.mask() >= (at-gap)&x.mask() {
			x.slots[gap] = x.slots[at]
			gap = at
		}
	}
	x.slots[gap] = 0
}
