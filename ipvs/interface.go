package ipvs

import "net/netip"

// Interface is a network interface.
type Interface struct {
	Name      string
	Addresses []netip.Addr // without zones
}
