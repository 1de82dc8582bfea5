package tuner

import (
	"math"
	"slices"
	"testing"
)

func TestPacked(t *testing.T) {
	for n := 0.0; n < 31<<14; n = math.Ceil(n*1.01 + 1) {
		if got := unpacked(packed(n)); math.Abs(got-n) > n/32+0.5 {
			t.Errorf("%v: got %v", n, got)
		}
	}
	for b := range 256 {
		if got := packed(unpacked(byte(b))); int(got) != b {
			t.Errorf("%d: got %d", b, got)
		}
	}
	for n, want := range map[float64]float64{-1: 0, 1e12: 31 << 14} {
		if got := unpacked(packed(n)); got != want {
			t.Errorf("%v: got %v", n, got)
		}
	}
}

// coming is a service whose connections come to two servers, so many each
// period, and are counted for two minutes.
func coming(came [][2]float64, period float64) (*fleet, *serviceState) {
	f := fleetOf("wlc", 100, bearing(1000, 0.001), bearing(1000, 0.001))
	f.factor = 257
	known := blank(&f)
	counted := int(stay / period)
	for at := range came {
		for i := range f.servers {
			s := &f.servers[i]
			s.measured, s.perSecond, s.latency = true, 10, 0.01
			s.counted.known, s.counted.seconds, s.counted.perSecond = true, period, came[at][i]/period
			s.InactiveConnections += uint32(came[at][i])
			if at >= counted {
				s.InactiveConnections -= uint32(came[at-counted][i])
			}
		}
		known.noteComing(&f)
	}
	return &f, known
}

// TestGoing has told which connections are forgotten in the coming seconds:
// those that came two minutes before.
func TestGoing(t *testing.T) {
	steady := func(n int, first, second float64) (came [][2]float64) {
		return slices.Repeat([][2]float64{{first, second}}, n)
	}
	tests := []struct {
		name    string
		came    [][2]float64
		period  float64
		seconds float64
		want    [2]float64
	}{
		{"steady", steady(30, 480, 120), 10, 5, [2]float64{240, 60}},
		{"another share before", append(steady(12, 480, 120), steady(11, 120, 480)...), 10, 5, [2]float64{240, 60}},
		{"and of what follows", append(steady(12, 480, 120), steady(11, 120, 480)...), 10, 15, [2]float64{540, 360}},
		{"short periods", append(steady(120, 48, 12), steady(110, 12, 48)...), 1, 5, [2]float64{240, 60}},
		{"long periods", append(steady(4, 1920, 480), steady(2, 480, 1920)...), 40, 20, [2]float64{960, 240}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, known := coming(test.came, test.period)
			got := known.going(f, test.seconds)
			for i, want := range test.want {
				if got == nil || math.Abs(got[i]/want-1) > 0.1 {
					t.Fatalf("got %v, want %v of %v and %v", got, test.want, known.Slots, f.servers[i].InactiveConnections)
				}
			}
			if len(known.Slots) > 16 {
				t.Errorf("keeps %d slots", len(known.Slots))
			}
		})
	}
}

func TestGoingIsNotKnown(t *testing.T) {
	f, known := coming([][2]float64{{480, 120}}, 10)
	f.servers[0].InactiveConnections = 5000 // which came before the tuner did
	if got := known.going(f, 5); got != nil {
		t.Errorf("got %v", got)
	}
	for name, change := range map[string]func(){
		"long requests":     func() { f.servers[0].latency, f.servers[1].latency = 1, 1 },
		"another scheduler": func() { f.service.Scheduler = "wrr" },
		"nothing counted":   func() { f.servers[0].counted.known, f.servers[1].counted.known = false, false },
	} {
		f, known = coming([][2]float64{{480, 120}}, 10)
		if change(); known.Slots == nil {
			t.Fatal("nothing is kept")
		}
		if known.noteComing(f); known.Slots != nil || known.Servers[0].Came != nil {
			t.Errorf("%s: keeps %v", name, known.Slots)
		}
	}
}
