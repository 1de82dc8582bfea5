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
