package ipvs

import (
	"net/netip"
	"testing"
)

func TestNetmaskGroup(t *testing.T) {
	tests := []struct {
		name         string
		mask         Netmask
		client, want string
	}{
		{"every client for itself", Netmask{}, "10.1.2.3", "10.1.2.3"},
		{"a network", Netmask4([4]byte{255, 255, 240, 0}), "10.1.34.3", "10.1.32.0"},
		{"a mask with holes", Netmask4([4]byte{255, 0, 255, 0}), "10.1.34.3", "10.0.34.0"},
		{"an IPv6 network", Netmask6(60), "2001:db8:0:ffff::1", "2001:db8:0:fff0::"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.mask.Group(netip.MustParseAddr(tt.client)); got.String() != tt.want {
				t.Errorf("group of %s: %s, want %s", tt.client, got, tt.want)
			}
		})
	}
}
