//go:build lab

package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	moby "github.com/moby/ipvs"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

// A library that has nothing in common with package ipvs but the kernel reads
// the same, as far as it reads.
func TestMobyAgrees(t *testing.T) {
	c := openDirector(t, ipvstest.Services())
	for _, want := range readMoby(t) {
		got, err := c.Servers(want.ID)
		if err != nil {
			t.Error(err)
			continue
		}
		for i := range got { // what it does not read
			got[i].Tunnel, got[i].Stats, got[i].PersistentConnections = ipvs.Tunnel{}, ipvs.Stats{}, 0
		}
		if !slices.Equal(got, want.Servers) {
			t.Errorf("%s:\n got %+v\nmoby %+v", want.ID, got, want.Servers)
		}
	}
}

func readMoby(t testing.TB) []ipvs.VirtualService {
	t.Helper()
	handle, err := moby.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	services, err := handle.GetServices()
	if err != nil {
		t.Fatal(err)
	}
	var all []ipvs.VirtualService
	for _, s := range services {
		v := ipvs.VirtualService{ID: mobyID(s)}
		servers, err := handle.GetDestinations(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range servers {
			address, _ := netip.AddrFromSlice(d.Address)
			v.Servers = append(v.Servers, ipvs.RealServer{
				ID:      ipvs.ServerID{AddrPort: netip.AddrPortFrom(address.Unmap(), d.Port)},
				Forward: ipvs.Forward(d.ConnectionFlags & moby.ConnectionFlagFwdMask), Weight: uint32(d.Weight),
				UpperThreshold: d.UpperThreshold, LowerThreshold: d.LowerThreshold,
				ActiveConnections: uint32(d.ActiveConnections), InactiveConnections: uint32(d.InactiveConnections),
			})
		}
		all = append(all, v)
	}
	return all
}

func mobyID(s *moby.Service) ipvs.ServiceID {
	if s.FWMark != 0 {
		return ipvs.MarkService(ipvs.Family(s.AddressFamily), s.FWMark)
	}
	address, _ := netip.AddrFromSlice(s.Address)
	return ipvs.AddressService(ipvs.Protocol(s.Protocol), netip.AddrPortFrom(address.Unmap(), s.Port))
}

// The reason for a writer of our own: an edit through the library makes IP in
// IP of every other encapsulation. When this fails, the library has been
// mended.
func TestMobyLosesTunnels(t *testing.T) {
	c := openDirector(t, ipvstest.Services())
	service := ipvstest.Services()[5]
	handle, err := moby.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	key := &moby.Service{
		AddressFamily: uint16(ipvs.IPv4), Protocol: uint16(service.ID.Protocol),
		Address: service.ID.Address.Addr().AsSlice(), Port: service.ID.Address.Port(),
	}
	servers, err := handle.GetDestinations(key)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(servers, func(d *moby.Destination) bool { return d.Address.String() == "10.0.0.3" })
	if err := handle.UpdateDestination(key, servers[i]); err != nil {
		t.Fatal(err)
	}
	after, err := c.Servers(service.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := after[slices.IndexFunc(after, func(s ipvs.RealServer) bool { return s.ID == service.Servers[1].ID })]; got.Tunnel.Type != ipvs.IPIP {
		t.Errorf("the tunnel is still %s", got.Tunnel.Type)
	}
}

// What a read allocates does not grow with the table.
func TestReadAllocates(t *testing.T) {
	const most = 100
	c := openDirector(t, bigTable(100, 100))
	got := testing.AllocsPerRun(3, func() {
		if _, err := c.Table(); err != nil {
			t.Fatal(err)
		}
	})
	if got > most {
		t.Errorf("%v allocations, want %d at most", got, most)
	}
}

// BenchmarkRead reads 100 services of 100 real servers by every way there is:
//
//	CGO_ENABLED=0 go test -tags lab -run '^$' -bench Read -benchmem ./e2e
//
// It uses the network namespace of the process, since the goroutines of b.Run
// would leave another.
func BenchmarkRead(b *testing.B) {
	client, proc := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink}), ipvs.NewClient(ipvs.Options{Source: ipvs.Procfs})
	defer client.Close()
	sh(b, "modprobe ip_vs")
	if t, err := client.Table(); err != nil || len(t.Services) > 0 {
		b.Fatalf("want an empty table: %+v, %v", t, err)
	}
	restore(b, bigTable(100, 100))
	b.Cleanup(func() { sh(b, "ipvsadm -C") })
	b.Run("netlink", func(b *testing.B) { benchmarkTable(b, client.Table) })
	b.Run("proc", func(b *testing.B) { benchmarkTable(b, proc.Table) })
	b.Run("moby", func(b *testing.B) {
		for b.Loop() {
			readMoby(b)
		}
	})
}

func benchmarkTable(b *testing.B, read func() (*ipvs.Table, error)) {
	for b.Loop() {
		if _, err := read(); err != nil {
			b.Fatal(err)
		}
	}
}

func bigTable(services, servers int) []ipvs.VirtualService {
	var table []ipvs.VirtualService
	for i := range services {
		id, err := ipvs.ParseServiceID(fmt.Sprintf("tcp/10.1.%d.%d:80", i/250, i%250+1))
		if err != nil {
			panic(err)
		}
		s := ipvs.VirtualService{ID: id, Scheduler: "wrr"}
		for j := range servers {
			address := netip.AddrFrom4([4]byte{10, 2 + byte(i/250), byte(i % 250), byte(j + 1)})
			s.Servers = append(s.Servers, ipvs.RealServer{ID: ipvs.ServerID{AddrPort: netip.AddrPortFrom(address, 80)}, Weight: 100})
		}
		table = append(table, s)
	}
	return table
}
