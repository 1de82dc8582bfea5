package sharing

// Moved returns which part of the clients gets another server when weights
// change: those whose slot in sh's or mh's table then has another one. Clients
// of a server of weight 0 have none. It is 0 for the other schedulers, which
// do not tie clients to servers.
//
// sh deals its buckets anew, so one more for a server early in the list shifts
// all behind it. The order in which mh's servers go over its slots is that of
// hashed addresses; here it is another by chance, which moves as many.
func Moved(scheduler string, from, to []uint32) float64 {
	switch scheduler {
	case "sh":
		return different(shTableOf(from), shTableOf(to))
	case "mh":
		return different(mhTableOf(from), mhTableOf(to))
	}
	return 0
}

// nobody has a slot whose clients are not served.
const nobody = -1

func different(a, b []int16) float64 {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

func shTableOf(weights []uint32) []int16 {
	buckets := make([]int16, 0, shSlots)
	for len(buckets) < shSlots && len(weights) > 0 {
		for i, w := range weights {
			server := int16(i)
			if w == 0 {
				server = nobody
			}
			for range min(int(max(w, 1)), shSlots-len(buckets)) {
				buckets = append(buckets, server)
			}
		}
	}
	return buckets
}

// mhTableOf fills a table as ip_vs_mh.c:ip_vs_mh_populate does.
func mhTableOf(weights []uint32) []int16 {
	slots := make([]int16, mhSlots)
	for i := range slots {
		slots[i] = nobody
	}
	walks, by := make([]walk, len(weights)), turnsOf(weights)
	for i := range walks {
		walks[i] = walkOf(uint64(i))
	}
	for filled, any := 0, true; filled < mhSlots && any; {
		any = false
		for i, w := range weights {
			for range min(by.turns(w), mhSlots-filled) {
				slots[walks[i].free(slots)] = int16(i)
				filled, any = filled+1, true
			}
		}
	}
	return slots
}

// walk is a server's way over the slots.
type walk struct{ next, step uint32 }

// walkOf mixes a number as splitmix64 does.
func walkOf(n uint64) walk {
	x := (n + 1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return walk{uint32(x) % mhSlots, uint32(x>>32)%(mhSlots-1) + 1}
}

// free goes on to the next slot that nobody has.
func (w *walk) free(slots []int16) uint32 {
	for slots[w.next] != nobody {
		w.next = (w.next + w.step) % mhSlots
	}
	return w.next
}
