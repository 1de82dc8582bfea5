package tuner

import (
	"slices"
	"testing"
)

func TestLead(t *testing.T) {
	tests := []struct {
		name     string
		took     float64   // seconds, of a connection
		inactive []uint32  // connections
		gone     []float64 // of these, per second
		aims     []uint32
		least    float64 // the weight of the first, by that of the second
		most     float64
	}{
		{"long connections slow a flood", 1, []uint32{6000, 6000}, []float64{50, 50}, []uint32{30, 10}, 3, 3},
		{"half of them go to another", 0.01, []uint32{6000, 6000}, []float64{50, 50}, []uint32{30, 10}, 1, 1.3},
		{"on the way", 0.01, []uint32{7500, 4500}, []float64{50, 50}, []uint32{30, 10}, 1.6, 2.1},
		{"there", 0.01, []uint32{9000, 3000}, []float64{75, 25}, []uint32{30, 10}, 2.9, 3.1},
		{"none yet", 0.01, []uint32{0, 0}, []float64{0, 0}, []uint32{30, 10}, 3, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fleetOf("wlc", 100, bearing(1000, 0.001), bearing(1000, 0.001))
			for i := range f.servers {
				f.servers[i].InactiveConnections, f.servers[i].counted.gone = test.inactive[i], test.gone[i]
			}
			f.traffic.Rate, f.traffic.Factor = 100, 257
			f.traffic.Active, f.traffic.Inactive = []float64{test.took, test.took}, []float64{120, 120}
			known := blank(&f)
			weights := f.lead(known, test.aims, []float64{0.75, 0.25})
			if got := float64(weights[0]) / float64(weights[1]); got < test.least || got > test.most {
				t.Errorf("got %v, want from %v to %v", weights, test.least, test.most)
			}
			for i := range f.servers {
				f.servers[i].Weight = weights[i]
			}
			if got := SharesOf(f.aims(known)); !slices.Equal(got, []float64{0.75, 0.25}) {
				t.Errorf("aims at %v", got)
			}
			f.start.Servers = []serverBaseline{{Server: f.servers[0].ID, Weight: kept[uint32]{10, 10, weights[0]}}}
			f.servers[0].Weight = 999
			if got := f.aims(known); got[0] != 999 || got[1] != f.servers[1].Weight {
				t.Errorf("aims at %v after an operator's edit", got)
			}
		})
	}
}
