package sharing

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestRefusal(t *testing.T) {
	address := netip.MustParseAddrPort("10.8.0.1:80")
	tcp, udp := ipvs.AddressService(ipvs.TCP, address), ipvs.AddressService(ipvs.UDP, address)
	mark := ipvs.MarkService(ipvs.IPv4, 1)
	tests := []struct {
		name, scheduler string
		id              ipvs.ServiceID
		flags           ipvs.Flags
		want            string // in the refusal; "" is none at all
	}{
		{"no scheduler", "none", tcp, 0, "use wrr or wlc"},
		{"unknown", "", tcp, 0, "use wrr or wlc"},
		{"ignores weights", "rr", tcp, 0, "use wrr"},
		{"ignores weights", "lc", tcp, 0, "use wlc"},
		{"ignores weights", "dh", tcp, 0, "use mh"},
		{"priorities", "fo", tcp, 0, "priorities"},
		{"limits", "ovf", tcp, 0, "limits"},
		{"nothing active", "sed", udp, 0, "use wlc"},
		{"nothing active", "nq", udp, 0, "use wlc"},
		{"no connections kept", "wlc", udp, ipvs.FlagOnePacket, "use wrr"},
		{"no connections kept", "twos", udp, ipvs.FlagOnePacket, "use wrr"},
		{"no connections kept", "lblc", mark, ipvs.FlagOnePacket, "use wrr"},
		{"one destination", "lblc", tcp, 0, "use wlc"},
		{"one destination", "lblcr", udp, 0, "use wlc"},
		{"datagrams by themselves", "wrr", udp, ipvs.FlagOnePacket, ""},
		{"fallback and port", "sh", tcp, ipvs.FlagScheduler1 | ipvs.FlagScheduler2, ""},
		{"plain", "mh", udp, 0, ""},
		{"plain", "wlc", udp, 0, ""},
		{"a mark's protocol is not known", "sed", mark, 0, ""},
		{"plain", "nq", tcp, 0, ""},
		{"plain", "twos", tcp, 0, ""},
		{"many destinations", "lblc", mark, 0, ""},
		{"many destinations", "lblcr", mark, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.scheduler+" "+test.name, func(t *testing.T) {
			got := Refusal(&ipvs.VirtualService{ID: test.id, Scheduler: test.scheduler, Flags: test.flags})
			if !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}
