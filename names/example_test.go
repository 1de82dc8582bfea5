package names

import (
	"net/netip"
	"testing"
)

// The file that users begin with is right, and means what its comments say.
func TestExample(t *testing.T) {
	n, err := New(Options{File: "../examples/names.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	vip := []netip.Addr{netip.MustParseAddr("10.0.0.5")}
	tests := []struct{ name, got, want string }{
		{"service", n.Service("", serviceID("tcp/10.0.0.1:80"), nil), "shop"},
		{"service of the address", n.Service("", serviceID("tcp/10.0.0.5:443"), nil), "api"},
		{"firewall mark for the address", n.Service("", serviceID("fwm/256"), vip), "api"},
		{"firewall mark in a namespace", n.Service("be7330b99a27", serviceID("fwm/258"), vip), "shop"},
		{"server", n.Server("", serverID("10.0.0.2:80")), "web-1"},
		{"server of the address", n.Server("", serverID("10.0.0.3:0")), "web-2"},
		{"server in a namespace", n.Server("be7330b99a27", serverID("10.0.0.2:80")), "web-3"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}
