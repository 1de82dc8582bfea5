package status

import (
	"math"
	"time"
)

const (
	// kept is how much history there is.
	kept = time.Hour
	// finest is the least time between two points, however often is decided.
	finest = 10 * time.Second
	// mostPoints bounds the points of all histories together, of 16 bytes each:
	// 64 MiB. Up to some 11,000 real servers that is a point every ten seconds; of
	// 100,000 it is one every ninety.
	mostPoints = 4 << 20
)

// coarser are the factors by which points are thinned out: they give times that
// people know.
var coarser = []int{1, 2, 3, 6, 9, 12, 18, 30, 60, 90, 180, 360}

// grid is when points are taken. All histories have the same.
type grid struct {
	step  time.Duration // between two points
	slots int           // points that a history has
}

// gridFor returns the grid of decisions at an interval and so many histories.
func gridFor(interval time.Duration, histories int) grid {
	base := max(interval, finest)
	var g grid
	for _, factor := range coarser {
		g.step = base * time.Duration(factor)
		g.slots = max(1, int((kept+g.step-1)/g.step))
		if g.slots*histories <= mostPoints {
			break
		}
	}
	return g
}

// at returns the number of the slot that a time is in.
func (g grid) at(t time.Time) int64 { return t.UnixNano() / int64(g.step) }

// start returns when a slot begins.
func (g grid) start(slot int64) time.Time { return time.Unix(0, slot*int64(g.step)).UTC() }

// with returns the table with other histories: each is one of the table's, as
// its number says, or new where that is -1.
func (t table) with(columns []int) table {
	n := t.slots()
	other := table{len(columns), make([]point, n*int64(len(columns)))}
	for slot := range n {
		before, row := t.row(slot), other.row(slot)
		for i, column := range columns {
			if row[i] = unknown; column >= 0 {
				row[i] = before[column]
			}
		}
	}
	return other
}

// point is what is known of something in one slot; NaN is unknown. What the
// values are of differs between services and real servers.
type point [4]float32

var unknown = point{nan, nan, nan, nan}

var nan = float32(math.NaN())

// table is the points of several histories in the last slots: a row for each
// slot, in the place of its number modulo that of the rows, so that what is
// written at once is in one place.
type table struct {
	columns int
	points  []point
}

func newTable(g grid, columns int) table {
	t := table{columns, make([]point, g.slots*columns)}
	for i := range t.points {
		t.points[i] = unknown
	}
	return t
}

func (t table) slots() int64 { return int64(len(t.points) / t.columns) }

// row returns the points of a slot.
func (t table) row(slot int64) []point {
	at := int(slot%t.slots()) * t.columns
	return t.points[at : at+t.columns]
}

// advance forgets what is in the way of slots after last up to another one.
func (t table) advance(last, to int64) {
	for slot := max(last, to-t.slots()) + 1; slot <= to; slot++ {
		row := t.row(slot)
		for i := range row {
			row[i] = unknown
		}
	}
}

// read returns the points of a history from a slot to the last one. There are
// not more than the table has.
func (t table) read(column int, first, last int64) []point {
	points := make([]point, 0, last-first+1)
	for slot := first; slot <= last; slot++ {
		points = append(points, t.row(slot)[column])
	}
	return points
}

// on returns the table on another grid: in each slot the newest that is known
// of the time from its start to its end.
func (t table) on(from, to grid, last int64) table {
	moved := newTable(to, t.columns)
	newest := to.at(from.start(last + 1).Add(-1))
	for old := max(0, last-t.slots()+1); old <= last; old++ {
		begins := from.start(old)
		for slot := to.at(begins); slot <= to.at(begins.Add(from.step-1)); slot++ {
			if slot > newest-int64(to.slots) && slot <= newest {
				takeKnown(moved.row(slot), t.row(old))
			}
		}
	}
	return moved
}

// takeKnown has a row have what is known of another one.
func takeKnown(row, of []point) {
	for i, p := range of {
		if !p.isUnknown() {
			row[i] = p
		}
	}
}

func (p point) isUnknown() bool {
	for _, v := range p {
		if v == v {
			return false
		}
	}
	return true
}
