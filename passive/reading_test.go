package passive

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// words are an address as it stands in memory.
func words(address string) (w [4]uint32) {
	a := netip.MustParseAddr(address)
	var all [16]byte
	copy(all[:], a.AsSlice())
	for i := range w {
		w[i] = binary.NativeEndian.Uint32(all[4*i:])
	}
	return w
}

func port(p uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], p)
	return binary.NativeEndian.Uint16(b[:])
}

func TestIdentify(t *testing.T) {
	const v4, v6 = 2, 10
	tests := []struct {
		key                      latencyServerKey
		service, server, measure string
	}{
		{
			latencyServerKey{Family: v4, Vaddr: words("10.0.0.1"), Vport: port(80), ServerFamily: v4, Addr: words("10.0.0.2"), Port: port(8080)},
			"tcp/10.0.0.1:80", "10.0.0.2:8080", "connect",
		},
		{
			latencyServerKey{Family: v6, Vaddr: words("2001:db8::1"), Vport: port(443), ServerFamily: v6, Addr: words("2001:db8::2"), Port: port(443), Measure: 1},
			"tcp/[2001:db8::1]:443", "[2001:db8::2]:443", "first_byte",
		},
		{
			latencyServerKey{Family: v4, Vaddr: words("10.0.0.1"), ServerFamily: v6, Addr: words("2001:db8::2"), Measure: 2},
			"tcp/10.0.0.1:0", "[2001:db8::2]:0", "timestamps",
		},
		{latencyServerKey{Family: v4, Mark: 258, ServerFamily: v4, Addr: words("10.0.0.2"), Measure: 3}, "fwm/258", "10.0.0.2:0", "acknowledgement"},
		{latencyServerKey{Family: v6, Mark: 258, ServerFamily: v6, Addr: words("2001:db8::2")}, "fwm6/258", "[2001:db8::2]:0", "connect"},
	}
	for _, test := range tests {
		got := identify(&test.key)
		if got.Service.String() != test.service || got.Server.String() != test.server || got.Measure.String() != test.measure {
			t.Errorf("%v of %v in %v, want %s of %s in %s", got.Measure, got.Server, got.Service, test.measure, test.server, test.service)
		}
	}
}

// Every reason has a name of its own.
func TestReasons(t *testing.T) {
	seen := map[string]bool{"": true}
	for _, r := range Reasons() {
		if seen[r.String()] {
			t.Errorf("reason %d is called %q", r, r)
		}
		seen[r.String()] = true
	}
}
