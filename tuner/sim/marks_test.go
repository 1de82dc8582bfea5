package sim

import (
	"testing"
	"time"
)

// TestRecovery has an event at 15 s and tells of periods of 10 s whether they
// were well.
func TestRecovery(t *testing.T) {
	tests := []struct {
		name string
		well string // w is well, - is not
		want int
	}{
		{"too short", "", -1},
		{"only before it and at it", "ww", -1},
		{"never", "ww-w-ww-", -1},
		{"at once", "--www", 1},
		{"late", "ww-ww-www-", 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var m marks
			for i, c := range test.well {
				if i == 2 {
					m.add(Event{At: 15 * time.Second})
				}
				m.note(time.Duration(i)*10*time.Second, c == 'w', c == 'w')
			}
			if len(m.recoveries) == 0 {
				m.add(Event{At: 15 * time.Second})
			}
			if got := m.recoveries[0].Periods; got != test.want {
				t.Errorf("recovered in %d periods, want %d", got, test.want)
			}
		})
	}
}

// TestSettling tells of periods whether their shares were right, from the start
// and from an event before the fifth.
func TestSettling(t *testing.T) {
	tests := []struct {
		name        string
		right       string // r is right, - is not; | is the event
		start, mark int
	}{
		{"always", "rrrr|rrrr", 1, 1},
		{"never", "----|----", -1, -1},
		{"only in the end", "-rrr|-rr", 2, -1},
		{"after a slip", "rr-rrr|r-rrr", 4, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var m marks
			at := time.Duration(0)
			for _, c := range test.right {
				if c == '|' {
					m.add(Event{At: at})
					continue
				}
				m.note(at, false, c == 'r')
				at += 10 * time.Second
			}
			if start, mark := m.start.after(), m.recoveries[0].Settled; start != test.start || mark != test.mark {
				t.Errorf("settled after %d periods and %d, want %d and %d", start, mark, test.start, test.mark)
			}
		})
	}
}
