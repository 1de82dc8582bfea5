package collector

import (
	"net/netip"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Naming tells what people call virtual services and real servers; "" is
// what has no name.
type Naming interface {
	// vips are the addresses whose packets get the service's firewall mark in
	// that network namespace; none for services that have an address.
	Service(netns string, id ipvs.ServiceID, vips []netip.Addr) string
	// Of a real server it is the same in all virtual services.
	Server(netns string, server ipvs.ServerID) string
}

type noNaming struct{}

func (noNaming) Service(string, ipvs.ServiceID, []netip.Addr) string { return "" }
func (noNaming) Server(string, ipvs.ServerID) string                 { return "" }
