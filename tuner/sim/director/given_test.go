package director

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// serviceOf returns a service with a server for each weight, by masquerading;
// the first of them is scanned first. It stands at tcp/10.8.0.1:80 unless v
// says otherwise.
func serviceOf(t testing.TB, o Options, v ipvs.VirtualService, weights ...uint32) *Service {
	t.Helper()
	if v.ID == (ipvs.ServiceID{}) {
		v.ID = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.8.0.1:80"))
	}
	for i, weight := range weights {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: serverOf(i), Weight: weight})
	}
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.AddService(0, v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serverOf returns the address of the server scanned as number n at first.
func serverOf(n int) ipvs.ServerID {
	return ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 9, byte(n >> 8), byte(n)}), 80)}
}

// clientOf returns a client's address, one of 10.0.0.0/8.
func clientOf(n uint32, port uint16) netip.AddrPort {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 10<<24|n)
	return netip.AddrPortFrom(netip.AddrFrom4(b), port)
}
