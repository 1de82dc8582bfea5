package sim

// item is something of a connection that is due when a clock shows key.
type item struct {
	key   float64
	order uint64 // among equal keys
	conn  int32
}

func (a item) before(b item) bool {
	return a.key < b.key || a.key == b.key && a.order < b.order
}

// heap holds items; the first one is due first. Equal keys come out in the
// order in which they went in. Each item has four below it.
type heap struct {
	items []item
	order uint64
}

func (h *heap) len() int { return len(h.items) }

func (h *heap) push(key float64, conn int32) {
	h.order++
	x := item{key, h.order, conn}
	h.items = append(h.items, x)
	i := len(h.items) - 1
	for i > 0 {
		above := (i - 1) / 4
		if !x.before(h.items[above]) {
			break
		}
		h.items[i] = h.items[above]
		i = above
	}
	h.items[i] = x
}

// pop removes the first item and returns its connection.
func (h *heap) pop() int32 {
	first, last := h.items[0], len(h.items)-1
	x := h.items[last]
	h.items = h.items[:last]
	i := 0
	for {
		least := h.leastBelow(i)
		if least < 0 || !h.items[least].before(x) {
			break
		}
		h.items[i] = h.items[least]
		i = least
	}
	if last > 0 {
		h.items[i] = x
	}
	return first.conn
}

// leastBelow returns the first of the items below i, -1 without any.
func (h *heap) leastBelow(i int) int {
	begin := 4*i + 1
	if begin >= len(h.items) {
		return -1
	}
	least := begin
	for j := begin + 1; j < min(begin+4, len(h.items)); j++ {
		if h.items[j].before(h.items[least]) {
			least = j
		}
	}
	return least
}
