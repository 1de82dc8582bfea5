package tuner

import (
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

// TestCount has the connections that end tell what a server bears, but not
// those of clients that have given up.
func TestCount(t *testing.T) {
	tests := []struct {
		name      string
		demand    demand
		done      float64 // in ten seconds
		present   float64
		low, high float64 // of what it is taken to bear afterwards; 100 before
	}{
		{"connections that are no requests", demand{Requests: 3, Open: true}, 300, 50, 99.9, 100.1},
		{"too few of them", demand{Requests: 1, Open: true}, 300, 9, 99.9, 100.1},
		{"open ones without a request", demand{Requests: 1, Open: true, Idle: 1}, 300, 31, 99.9, 100.1},
		{"many of them wait, fewer are done", demand{Requests: 1, Open: true}, 300, 300, 20, 40},
		{"many of them wait, more are done", demand{Requests: 1, Open: true}, 3000, 40, 200, 400},
		{"they wait for long, fewer end", demand{Requests: 1, Open: true}, 300, 3000, 20, 40},
		{"they wait for long, more end", demand{Requests: 1, Open: true}, 3000, 3000, 99.9, 100.1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := bearing(100, 0.1)
			v.RealServer = &ipvs.RealServer{ActiveConnections: uint32(test.present)}
			v.counted = counted{known: true, seconds: 10, perSecond: test.done / 10, done: test.done, present: test.present}
			known := serverState{Belief: v.belief}
			l := learner{curves: capacity.NewCurves(), flows: []capacity.Flow{capacity.Chance()}, demand: test.demand, noise: 1}
			l.count(0, &known, &v)
			if got, _ := known.Belief.Capacity(); got < test.low || got > test.high {
				t.Errorf("it bears %v, want %v to %v", got, test.low, test.high)
			}
		})
	}
}
