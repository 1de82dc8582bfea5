package director

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// A second connection from the address and port of a first one, in each state
// that the first may be in. The scheduler would choose the other server.
func TestReuse(t *testing.T) {
	tests := []struct {
		name    string
		forward ipvs.Forward
		packets []string
		modes   [3]bool // rescheduled under Reschedule, KeepServer, RescheduleFinWait
	}{
		{"half open", ipvs.Masq, nil, [3]bool{}},
		{"open", ipvs.Masq, []string{"cACK"}, [3]bool{}},
		{"closed by the client", ipvs.Masq, []string{"cACK", "cFIN"}, [3]bool{}},
		{"closed by both", ipvs.Masq, []string{"cACK", "cFIN", "sFIN"}, [3]bool{true, false, true}},
		{"closed by the server", ipvs.Masq, []string{"cACK", "sFIN"}, [3]bool{}},
		{"reset", ipvs.Masq, []string{"cACK", "sRST"}, [3]bool{true, false, true}},
		{"closed by the client, the server not seen", ipvs.Route, []string{"cACK", "cFIN"}, [3]bool{false, false, true}},
	}
	for _, tt := range tests {
		for mode, want := range tt.modes {
			t.Run(tt.name, func(t *testing.T) {
				servers := []ipvs.RealServer{
					{ID: serverOf(0), Weight: 1, Forward: tt.forward}, {ID: serverOf(1), Weight: 1, Forward: tt.forward},
				}
				s := serviceOf(t, Options{ReuseMode: ReuseMode(mode)}, ipvs.VirtualService{Scheduler: "rr", Servers: servers})
				d := s.director
				first, _ := s.Connect(0, Flow{Client: clientOf(1, 1)})
				for _, packet := range tt.packets {
					send(t, d, 0, first, packet)
				}
				second, verdict := s.Connect(0, Flow{Client: clientOf(1, 1)})
				if verdict != Forwarded || (second.Server != first.Server) != want {
					t.Errorf("mode %d: verdict %d, servers %d and %d", mode, verdict, first.Server, second.Server)
				}
				entries := map[bool]int{false: 1, true: 2}[want]
				if got := len(d.Connections(0)); got != entries {
					t.Errorf("mode %d: %d connections at first, want %d", mode, got, entries)
				}
				if got := len(d.Connections(tick)); got != 1 {
					t.Errorf("mode %d: %d connections a tick later, want 1", mode, got)
				}
			})
		}
	}
}

// Each datagram refreshes its connection or, with one-packet scheduling, goes
// its own way and leaves nothing behind.
func TestDatagrams(t *testing.T) {
	id := ipvs.AddressService(ipvs.UDP, netip.MustParseAddrPort("10.8.0.1:53"))
	for flags, want := range map[ipvs.Flags]string{0: "aaa", ipvs.FlagOnePacket: "aba"} {
		s := serviceOf(t, Options{}, ipvs.VirtualService{ID: id, Scheduler: "rr", Flags: flags}, 1, 1)
		got := ""
		for i := range 3 {
			c, _ := s.Connect(time.Duration(i)*250*time.Second, Flow{Client: clientOf(1, 1)})
			got += string('a' + rune(s.known[c.Server].at))
		}
		if got != want {
			t.Errorf("flags %#x: went to %s, want %s", flags, got, want)
		}
		open := int32(1)
		if flags.Has(ipvs.FlagOnePacket) {
			open = 0
		}
		if total := s.scan[0].total + s.scan[1].total; total != open {
			t.Errorf("flags %#x: %d connections, want %d", flags, total, open)
		}
	}
}
