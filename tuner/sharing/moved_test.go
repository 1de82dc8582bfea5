package sharing

import (
	"math"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// TestMoved asks the kernel's tables where clients go before and after.
func TestMoved(t *testing.T) {
	tests := []struct {
		name     string
		from, to []uint32
	}{
		{"nothing", []uint32{3, 2, 1}, []uint32{3, 2, 1}},
		{"a common factor", []uint32{3, 2, 1}, []uint32{30, 20, 10}},
		{"a common divisor lost", []uint32{100, 100, 100, 100}, []uint32{100, 100, 100, 99}},
		{"one of many turns", []uint32{31, 31, 31, 31}, []uint32{31, 31, 30, 31}},
		{"a larger share", []uint32{30, 30, 33}, []uint32{40, 30, 23}},
		{"the first of whole rounds", []uint32{16, 16, 16, 16}, []uint32{17, 16, 16, 15}},
		{"a server more", []uint32{0, 20, 20, 20}, []uint32{20, 20, 20, 20}},
	}
	for _, test := range tests {
		for _, scheduler := range []string{"mh", "sh", "wlc"} {
			t.Run(scheduler+" "+test.name, func(t *testing.T) {
				want := 0.0
				if scheduler != "wlc" {
					want = movedClients(t, scheduler, test.from, test.to)
				}
				got := Moved(scheduler, test.from, test.to)
				// The order of mh's slots is another here: 4093 of them, and
				// how servers' orders cross.
				if math.Abs(got-want) > 0.03 {
					t.Errorf("got %.3f, want %.3f", got, want)
				}
			})
		}
	}
}

// movedClients returns the part of many clients that went elsewhere.
func movedClients(t *testing.T, scheduler string, from, to []uint32) float64 {
	t.Helper()
	before, after := serversOf(t, scheduler, from), serversOf(t, scheduler, to)
	n := 0
	for i := range before {
		if before[i] != after[i] {
			n++
		}
	}
	return float64(n) / float64(len(before))
}

func serversOf(t *testing.T, scheduler string, weights []uint32) []int {
	t.Helper()
	s, _ := drive{
		weights: weights, traffic: Traffic{Factor: 257},
		service: ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1), Scheduler: scheduler},
	}.open(t, nil)
	list := make([]int, 20_000)
	for i := range list {
		c, verdict := s.Connect(0, director.Flow{Client: clientOf(uint32(i * 641)), To: place(1)})
		list[i] = len(weights) - 1 - c.Server
		if verdict != director.Forwarded {
			list[i] = nobody
		}
	}
	return list
}

// What a write costs under mh depends on whether the turns of the others
// stay as they are.
func TestTurnsKept(t *testing.T) {
	coarse := Moved("mh", []uint32{100, 100, 100, 100, 100, 100}, []uint32{100, 100, 100, 99, 100, 100})
	fine := Moved("mh", []uint32{31, 31, 31, 31, 31, 32}, []uint32{31, 31, 31, 30, 31, 32})
	if fine > coarse/2 {
		t.Errorf("turns kept: %.3f move, a divisor lost: %.3f", fine, coarse)
	}
}
