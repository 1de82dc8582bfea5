package names

import (
	"net/netip"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestMismatch(t *testing.T) {
	one, two, three := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")
	server := func(a netip.Addr, port uint16, weight uint32) ipvs.RealServer {
		return ipvs.RealServer{ID: ipvs.ServerID{AddrPort: netip.AddrPortFrom(a, port)}, Weight: weight}
	}
	tests := []struct {
		name     string
		resolved []netip.Addr
		servers  []ipvs.RealServer
		want     int
	}{
		{"all different", []netip.Addr{one}, []ipvs.RealServer{server(two, 80, 1), server(three, 80, 1)}, 3},
		{"one missing in DNS", []netip.Addr{one}, []ipvs.RealServer{server(one, 80, 1), server(two, 80, 1)}, 1},
		{"one missing in the table", []netip.Addr{one, two}, []ipvs.RealServer{server(one, 80, 1)}, 1},
		{"quiescent, and still in DNS", []netip.Addr{one}, []ipvs.RealServer{server(one, 80, 0)}, 1},
		{"quiescent, and gone from DNS", []netip.Addr{one}, []ipvs.RealServer{server(one, 80, 1), server(two, 80, 0)}, 0},
		{"two ports of one address", []netip.Addr{one, one}, []ipvs.RealServer{server(one, 80, 1), server(one, 81, 0)}, 0},
		{"nothing on both sides", nil, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Mismatch(test.resolved, test.servers); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
