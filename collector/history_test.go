package collector

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// counters makes statistics of connections, incoming packets and bytes.
func counters(connections, packets, bytes uint64) ipvs.Stats {
	return ipvs.Stats{Connections: connections, IncomingPackets: packets, IncomingBytes: bytes}
}

func wrapping(connections, packets, bytes uint64) ipvs.Stats {
	s := counters(connections, packets, bytes)
	s.Wraps = true
	return s
}

func TestHistory(t *testing.T) {
	const gone = -1
	tests := []struct {
		name   string
		reads  []ipvs.Stats // a second apart; the zero value with Rates set is absence
		want   uint64       // connections at the end
		origin int          // index of the read at which they began to count; gone is unknown
	}{
		{"counts already", []ipvs.Stats{counters(5, 50, 500)}, 5, gone},
		{"counts on", []ipvs.Stats{counters(5, 50, 500), counters(6, 60, 600)}, 6, gone},
		{"begins at zero", []ipvs.Stats{{}, counters(6, 60, 600)}, 6, 0},
		{"set to zero", []ipvs.Stats{counters(5, 50, 500), counters(1, 10, 100)}, 1, 0},
		{"set to zero twice", []ipvs.Stats{counters(5, 50, 500), counters(1, 10, 100), counters(2, 20, 200), {}}, 0, 2},
		{"set to zero, packets alone tell", []ipvs.Stats{counters(0, 50, 500), counters(1, 10, 700)}, 1, 0},
		{"added again with its counters", []ipvs.Stats{{}, counters(5, 50, 500), absent, counters(6, 60, 600)}, 6, gone},
		{"added again", []ipvs.Stats{{}, counters(5, 50, 500), absent, {}, counters(1, 10, 100)}, 1, 3},
		{"wraps", []ipvs.Stats{wrapping(1<<32-1, 50, 500), wrapping(4, 60, 600)}, 1<<32 + 4, gone},
		{"wraps twice", []ipvs.Stats{{Wraps: true}, wrapping(1<<31, 50, 500), wrapping(4, 60, 600), wrapping(3, 70, 700)}, 2<<32 + 3, 0},
		{"wraps, then set to zero", []ipvs.Stats{wrapping(9, 50, 500), wrapping(4, 60, 600), wrapping(1, 10, 100)}, 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHistory()
			var last *ipvs.Table
			var all []*kept
			begin := time.Unix(1e9, 0)
			for i, stats := range test.reads {
				last = tableOf(stats)
				all = h.apply(last, begin.Add(time.Duration(i)*time.Second))
			}
			want := time.Time{}
			if test.origin != gone {
				want = begin.Add(time.Duration(test.origin) * time.Second)
			}
			server := all[0].servers[0].origin
			if got := last.Services[0].Servers[0].Stats.Connections; got != test.want || !server.Equal(want) {
				t.Errorf("server: %d since %v, want %d since %v", got, server, test.want, want)
			}
			service := all[0].origin
			if got := last.Services[0].Stats.Connections; got != test.want || !service.Equal(want) {
				t.Errorf("service: %d since %v, want %d since %v", got, service, test.want, want)
			}
		})
	}
}

var absent = ipvs.Stats{Rates: ipvs.Rates{Connections: 1}}

// tableOf returns a table with one service and one server, both of the same
// statistics, or without either.
func tableOf(stats ipvs.Stats) *ipvs.Table {
	if stats == absent {
		return &ipvs.Table{}
	}
	return &ipvs.Table{Services: []ipvs.VirtualService{{Stats: stats, Servers: []ipvs.RealServer{{Stats: stats}}}}}
}

// A server that is gone is forgotten while its service stays.
func TestHistoryForgets(t *testing.T) {
	h := newHistory()
	two := tableOf(ipvs.Stats{})
	two.Services[0].Servers = append(two.Services[0].Servers, ipvs.RealServer{Weight: 1, ID: ipvs.ServerID{}})
	two.Services[0].Servers[1].ID, _ = ipvs.ParseServerID("10.0.0.2:80")
	h.apply(two, time.Unix(1, 0))
	h.apply(tableOf(counters(1, 1, 1)), time.Unix(2, 0))
	if n := len(h.services[ipvs.ServiceID{}].servers); n != 1 {
		t.Errorf("%d servers remembered, want 1", n)
	}
	h.apply(&ipvs.Table{}, time.Unix(3, 0))
	if n := len(h.services); n != 0 {
		t.Errorf("%d services remembered, want 0", n)
	}
}
