package status

import (
	"slices"
	"testing"
	"time"
)

// The history of whatever there is stays within bounds, and is of an hour.
func TestGridIsBounded(t *testing.T) {
	for _, test := range []struct {
		interval  time.Duration
		histories int
		step      time.Duration
		slots     int
	}{
		{time.Hour * 3, 5, 3 * time.Hour, 1},
		{7 * time.Second, 4, 10 * time.Second, 360},
		{10 * time.Second, 11650, 10 * time.Second, 360},
		{10 * time.Second, 11651, 20 * time.Second, 180},
		{10 * time.Second, 101000, 90 * time.Second, 40},
		{time.Minute, 101000, 2 * time.Minute, 30},
		{10 * time.Second, 4000000, time.Hour, 1},
	} {
		g := gridFor(test.interval, test.histories)
		if g.step != test.step || g.slots != test.slots {
			t.Errorf("%d histories every %s: got %+v", test.histories, test.interval, g)
		}
		if g.slots*test.histories > mostPoints {
			t.Errorf("%d histories have %d points", test.histories, g.slots*test.histories)
		}
	}
}

// weights returns the first values of the first history, -1 where none is known.
func weights(t table, first, last int64) []float32 {
	var values []float32
	for _, p := range t.read(0, first, last) {
		if p.isUnknown() {
			p[0] = -1
		}
		values = append(values, p[0])
	}
	return values
}

func TestTable(t *testing.T) {
	r, last := newTable(grid{time.Second, 4}, 2), int64(100)
	for _, test := range []struct {
		name string
		slot int64
		want []float32
	}{
		{"first", 100, []float32{-1, -1, -1, 100}},
		{"again", 100, []float32{-1, -1, -1, 100}},
		{"next", 101, []float32{-1, -1, 100, 101}},
		{"one is left out", 103, []float32{100, 101, -1, 103}},
		{"the oldest are forgotten", 104, []float32{101, -1, 103, 104}},
		{"after a long time", 1000, []float32{-1, -1, -1, 1000}},
	} {
		r.advance(last, test.slot)
		r.row(test.slot)[0][0] = float32(test.slot)
		last = test.slot
		if got := weights(r, last-3, last); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// Where a grid becomes coarser the newest of what falls together is left; where
// it becomes finer each goes on until the next.
func TestTableOnAnotherGrid(t *testing.T) {
	fine, coarse := grid{10 * time.Second, 6}, grid{20 * time.Second, 3}
	r := newTable(fine, 2)
	for slot := int64(100); slot < 106; slot++ {
		if slot != 103 {
			r.row(slot)[0][0] = float32(slot)
		}
	}
	moved := r.on(fine, coarse, 105)
	if got := weights(moved, 50, 52); !slices.Equal(got, []float32{101, 102, 105}) {
		t.Errorf("coarser: got %v", got)
	}
	if got := weights(moved.on(coarse, fine, 52), 100, 105); !slices.Equal(got, []float32{101, 101, 102, 102, 105, 105}) {
		t.Errorf("finer again: got %v", got)
	}
}
