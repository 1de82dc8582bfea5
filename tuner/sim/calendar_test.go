package sim

import (
	"testing"
	"time"
)

// TestCalendar compares with a search of all sources, with many equal instants
// and many that never come.
func TestCalendar(t *testing.T) {
	for _, sources := range []int{1, 2, 3, 8, 13} {
		c := newCalendar(sources)
		s := newStream(3, "instants")
		for range 2000 {
			at := time.Duration(s.below(8))
			if at == 7 {
				at = forever
			}
			c.set(s.below(sources), at)
			want := 0
			for i, at := range c.at {
				if at < c.at[want] {
					want = i
				}
			}
			if got, at := c.first(); got != want || at != c.at[want] {
				t.Fatalf("%d sources: first is %d at %d of %v", sources, got, at, c.at)
			}
		}
	}
}
