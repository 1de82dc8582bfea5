package ipvs

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

// manyServers returns real servers whose addresses follow upon each other.
func manyServers(n int) []RealServer {
	list := make([]RealServer, n)
	address := netip.MustParseAddr("10.0.0.1")
	for i := range list {
		list[i].ID = ServerID{netip.AddrPortFrom(address, 80)}
		address = address.Next()
	}
	return list
}

// Entries that come again are left out, wherever they stand, and the first of
// each stay in their order.
func TestDropServers(t *testing.T) {
	m := newMemory()
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 5, 3000, 100} {
		list := manyServers(n)
		want := slices.Clone(list)
		if got := m.dropServers(list); !slices.Equal(got, want) {
			t.Errorf("of %d servers %d are left", n, len(got))
		}
		for at := range want {
			want[at].Weight = 1 // that of the first
		}
		var dumped []RealServer
		for _, s := range want {
			dumped = append(dumped, s)
			again := dumped[random.IntN(len(dumped))]
			again.Weight = 2
			dumped = append(dumped, again)
		}
		if got := m.dropServers(dumped); !slices.Equal(got, want) {
			t.Errorf("of %d servers, repeated, %d are left", n, len(got))
		}
	}
}

// Services at the same address, and marks, are told apart.
func TestDropServices(t *testing.T) {
	var want []VirtualService
	for _, text := range []string{"tcp/10.0.0.1:80", "udp/10.0.0.1:80", "tcp/10.0.0.1:81", "tcp/[::ffff:10.0.0.1]:80", "fwm/80", "fwm6/80", "fwm/81"} {
		id, err := ParseServiceID(text)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, VirtualService{ID: id})
	}
	m := newMemory()
	got := m.dropServices(append(slices.Clone(want), want...))
	if !slices.EqualFunc(got, want, func(a, b VirtualService) bool { return a.ID == b.ID }) {
		t.Errorf("got %v", got)
	}
}
