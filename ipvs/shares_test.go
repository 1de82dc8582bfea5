package ipvs

import (
	"math"
	"slices"
	"testing"
)

func weighted(weights ...uint32) []RealServer {
	servers := make([]RealServer, len(weights))
	for i, w := range weights {
		servers[i].Weight = w
	}
	return servers
}

func TestAppendExpectedShares(t *testing.T) {
	tests := []struct {
		name, scheduler string
		servers         []RealServer
		want            []float64 // nil: none exists
	}{
		{"no servers", "wrr", weighted(), nil},
		{"none available", "wrr", weighted(0, 0), nil},
		{"none available, sh", "sh", weighted(0, 0), nil},
		{"none available, mh", "mh", weighted(0, 0), nil},
		{"least connection has none", "wlc", weighted(1, 1), nil},
		{"rr ignores weights", "rr", weighted(1, 0, 7), []float64{0.5, 0, 0.5}},
		{"wrr", "wrr", weighted(1, 0, 3), []float64{0.25, 0, 0.75}},
		{"sh deals round after round", "sh", weighted(1, 1, 1), []float64{86. / 256, 85. / 256, 85. / 256}},
		{"sh beyond its buckets", "sh", weighted(200, 100, 100), []float64{200. / 256, 56. / 256, 0}},
		{"sh at weight 0", "sh", weighted(1, 0), []float64{1, 0}},
		{"mh", "mh", weighted(100, 200, 0), []float64{1. / 3, 2. / 3, 0}},
		{"mh loses fine ratios", "mh", weighted(1, 1000), []float64{1. / 63, 62. / 63}},
		{"fo", "fo", weighted(5, 9, 9), []float64{0, 1, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			buffer := []float64{7, 9, 9, 9}
			got := AppendExpectedShares(buffer[:1], test.scheduler, test.servers)
			if got[0] != 7 {
				t.Errorf("7 became %v", got[0])
			}
			got = got[1:]
			if len(got) != len(test.want) {
				t.Fatalf("got %v, want %v", got, test.want)
			}
			for i := range got {
				if math.Abs(got[i]-test.want[i]) > 1e-12 {
					t.Errorf("got %v, want %v", got, test.want)
				}
			}
		})
	}
}

func TestOverhead(t *testing.T) {
	busy := RealServer{Weight: 4, ActiveConnections: 3, InactiveConnections: 5}
	idle := RealServer{Weight: 4, InactiveConnections: 5}
	quiescent := RealServer{ActiveConnections: 3}
	tests := []struct {
		scheduler string
		server    RealServer
		factor    uint32
		want      float64
		wantOK    bool
	}{
		{"wrr", busy, 257, 0, false},
		{"wlc", busy, 0, 0, false},
		{"lc", busy, 257, 3*257 + 5, true},
		{"lc", busy, 256, 3*256 + 5, true},
		{"wlc", busy, 257, (3*257 + 5) / 4., true},
		{"wlc", quiescent, 257, math.Inf(1), true},
		{"lc", quiescent, 257, math.Inf(1), true},
		{"sed", busy, 0, 1, true},
		{"sed", idle, 0, 0.25, true},
		{"nq", busy, 0, 1, true},
		{"nq", idle, 0, 0, true},
		{"nq", quiescent, 0, math.Inf(1), true},
	}
	for _, test := range tests {
		got, ok := Overhead(test.scheduler, &test.server, test.factor)
		if ok != test.wantOK || ok && got != test.want {
			t.Errorf("%s, factor %d, %+v: %v, %t, want %v, %t", test.scheduler, test.factor, test.server, got, ok, test.want, test.wantOK)
		}
		var all []float64
		if test.wantOK {
			all = []float64{test.want, test.want}
		}
		if got := AppendOverheads(nil, test.scheduler, []RealServer{test.server, test.server}, test.factor); !slices.Equal(got, all) {
			t.Errorf("%s, factor %d, two of %+v: %v, want %v", test.scheduler, test.factor, test.server, got, all)
		}
	}
}
