package sim

import "testing"

// TestHeap pushes and pops at random, with many equal keys: what comes out is
// the least, and of equal ones the oldest.
func TestHeap(t *testing.T) {
	s := newStream(5, "keys")
	var h heap
	keys := make(map[int32]float64)
	for n := int32(0); n < 5000; n++ {
		if s.below(5) < 3 {
			keys[n] = float64(s.below(20))
			h.push(keys[n], n)
			continue
		}
		if h.len() == 0 {
			continue
		}
		got := h.pop()
		for conn, key := range keys {
			if key < keys[got] || key == keys[got] && conn < got {
				t.Fatalf("%d with key %v came before %d with %v", got, keys[got], conn, key)
			}
		}
		delete(keys, got)
		if h.len() != len(keys) {
			t.Fatalf("%d items, want %d", h.len(), len(keys))
		}
	}
}
