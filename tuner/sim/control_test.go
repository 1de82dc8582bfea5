package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// TestWatch notes when the tuner looks at the director.
func TestWatch(t *testing.T) {
	tests := []struct {
		name  string
		watch time.Duration
		want  []time.Duration // in the first two periods
	}{
		{"at decisions alone", 0, []time.Duration{0, 10 * second, 20 * second}},
		{"that divide no period", 4 * second, []time.Duration{0, 4 * second, 8 * second, 10 * second, 14 * second, 18 * second, 20 * second}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := scenario("wrr", 100, 1, 1)
			c.Tuner.Watch = test.watch
			r, err := newRun(c, tuner.Equalize)
			if err != nil {
				t.Fatal(err)
			}
			var got []time.Duration
			for {
				source, at := r.calendar.first()
				if r.now = at; at > 20*second {
					break
				}
				if source == r.sources.control {
					got = append(got, at)
				}
				if err := r.happen(source); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("looks at %v, want %v", got, test.want)
			}
		})
	}
}
