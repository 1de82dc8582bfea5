package sharing

import "iter"

// hull is the convex or concave hull of a curve that is given by its steps.
type hull struct{ edges []edge }

// edge is a straight part of a hull, which has taken in some steps.
type edge struct {
	right, up float64
	steps     int
}

func (e edge) slope() float64 {
	if e.right == 0 {
		return 0
	}
	return e.up / e.right
}

func newHull(steps int) *hull { return &hull{make([]edge, 0, steps)} }

// Slopes of a hull fall, or rise.
const falling, rising = 1.0, -1.0

// add makes a step to the right and up, and takes edges together until the
// slopes fall or rise. A step that goes nowhere is part of the edge before.
func (h *hull) add(right, up, order float64) {
	last := edge{right, up, 1}
	for n := len(h.edges); n > 0; n-- {
		before := h.edges[n-1]
		if right > 0 && float64(order*before.slope()) > float64(order*last.slope()) {
			break
		}
		last = edge{before.right + last.right, before.up + last.up, before.steps + last.steps}
		h.edges = h.edges[:n-1]
		right = last.right
	}
	h.edges = append(h.edges, last)
}

// slopes are those of the hull at each step.
func (h *hull) slopes() iter.Seq2[int, float64] {
	return func(yield func(int, float64) bool) {
		at := 0
		for _, e := range h.edges {
			for range e.steps {
				if !yield(at, e.slope()) {
					return
				}
				at++
			}
		}
	}
}
