package passive

import (
	"net/netip"
	"testing"
)

// at returns a real server's key but for its service.
func at(address string, family uint8, measure uint8) latencyServerKey {
	k := latencyServerKey{Family: family, Measure: measure}
	k.Addr, k.Port = wordsOf(netip.MustParseAddrPort(address))
	return k
}

// of completes a key.
func (k latencyServerKey) of(mark uint32, address string, family, protocol uint8) latencyServerKey {
	k.Service = latencyServiceKey{Mark: mark, Family: family, Protocol: protocol}
	if address != "" {
		k.Service.Vaddr, k.Service.Vport = wordsOf(netip.MustParseAddrPort(address))
	}
	return k
}

func TestIdentify(t *testing.T) {
	const v4, v6 = 2, 10
	tests := []struct {
		key                      latencyServerKey
		service, server, measure string
	}{
		{at("10.0.0.2:8080", v4, 0).of(0, "10.0.0.1:80", v4, 6), "tcp/10.0.0.1:80", "10.0.0.2:8080", "connect"},
		{at("[2001:db8::2]:443", v6, 1).of(0, "[2001:db8::1]:443", v6, 6), "tcp/[2001:db8::1]:443", "[2001:db8::2]:443", "first_byte"},
		{at("[2001:db8::2]:0", v6, 2).of(0, "10.0.0.1:0", v4, 6), "tcp/10.0.0.1:0", "[2001:db8::2]:0", "timestamps"},
		{at("10.0.0.2:53", v4, 1).of(0, "10.0.0.1:53", v4, 17), "udp/10.0.0.1:53", "10.0.0.2:53", "first_byte"},
		{at("10.0.0.2:0", v4, 3).of(258, "", v4, 0), "fwm/258", "10.0.0.2:0", "acknowledgement"},
		{at("[2001:db8::2]:0", v6, 0).of(258, "", v6, 0), "fwm6/258", "[2001:db8::2]:0", "connect"},
	}
	for _, test := range tests {
		got := identify(&test.key)
		if got.Service.String() != test.service || got.Server.String() != test.server || got.Measure.String() != test.measure {
			t.Errorf("%v of %v in %v, want %s of %s in %s", got.Measure, got.Server, got.Service, test.measure, test.server, test.service)
		}
		if key := keyOf(got.Service); key != test.key.Service {
			t.Errorf("%v is %v to the program, want %v", got.Service, key, test.key.Service)
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
