package names

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const lookupFile = `
services:
  tcp/10.0.0.1:80: shop
  10.0.0.1: everything
  10.0.1.2: by address
  fwm/7: marked
servers:
  10.0.0.2:80: web-1
  10.0.0.2: web
netns:
  lb_fr0ntnet1:
    services: {10.0.0.1: nearer, fwm/258: nearest}
    servers: {10.0.0.2: nearer}
`

func named(t testing.TB) *Names {
	t.Helper()
	f, err := Parse("f", strings.NewReader(lookupFile))
	if err != nil {
		t.Fatal(err)
	}
	n := &Names{}
	n.named.Store(f)
	n.swarm.Store(readSwarm(t))
	return n
}

func TestService(t *testing.T) {
	tests := []struct {
		name, netns, id, vips, want string
	}{
		{"unknown address", "", "tcp/10.9.9.9:80", "", ""},
		{"unknown mark", "", "fwm/9", "", ""},
		{"identity", "", "tcp/10.0.0.1:80", "", "shop"},
		{"address", "", "udp/10.0.0.1:53", "", "everything"},
		{"own namespace's address before any identity", "lb_fr0ntnet1", "tcp/10.0.0.1:80", "", "nearer"},
		{"own namespace's identity", "lb_fr0ntnet1", "fwm/258", "10.0.1.2", "nearest"},
		{"mark", "", "fwm/7", "10.0.1.2", "marked"},
		{"mark of the other family", "", "fwm6/7", "", ""},
		{"mark by address, before Docker", "lb_fr0ntnet1", "fwm/9", "10.0.1.2", "by address"},
		{"mark by the second address", "", "fwm/9", "10.9.9.9 10.0.1.2", "by address"},
		{"Docker", "ingress_sbox", "fwm/9", "10.0.0.5", "shop"},
		{"Docker, addressed", "ingress_sbox", "tcp/10.0.0.5:80", "", "shop"},
		{"Docker, of another network", "lb_fr0ntnet1", "tcp/10.0.0.5:80", "", ""},
		{"the address itself", "lb_fr0ntnet1", "fwm/9", "10.0.0.5 10.0.0.6", "10.0.0.5"},
	}
	n := named(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var vips []netip.Addr
			for _, vip := range strings.Fields(test.vips) {
				vips = append(vips, netip.MustParseAddr(vip))
			}
			if got := n.Service(test.netns, serviceID(test.id), vips); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestServer(t *testing.T) {
	tests := []struct {
		name, netns, id, want string
	}{
		{"unknown", "", "10.9.9.9:80", ""},
		{"identity", "", "10.0.0.2:80", "web-1"},
		{"address", "", "10.0.0.2:443", "web"},
		{"own namespace's address before any identity", "lb_fr0ntnet1", "10.0.0.2:80", "nearer"},
		{"Docker", "lb_fr0ntnet1", "10.0.1.3:0", "shop.1"},
	}
	n := named(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := n.Server(test.netns, serverID(test.id)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWithoutSources(t *testing.T) {
	empty, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []*Names{nil, empty} {
		got := n.Service("", serviceID("tcp/10.0.0.1:80"), nil) + n.Server("", serverID("10.0.0.2:80"))
		if got != "" || n.Sources() != nil || n.Reload() != nil {
			t.Errorf("%v: names %q, sources %v", n, got, n.Sources())
		}
		if a, ok := n.DNS().Addresses("shop", ipvs.IPv4); ok {
			t.Errorf("%v: resolved %v", n, a)
		}
	}
}

// BenchmarkServer looks up 100,000 real servers, as each scrape of a table of
// that size does.
func BenchmarkServer(b *testing.B) {
	const servers = 100_000
	var text strings.Builder
	ids := make([]ipvs.ServerID, servers)
	text.WriteString("servers:\n")
	for i := range ids {
		address := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		ids[i] = ipvs.ServerID{AddrPort: netip.AddrPortFrom(address, 80)}
		fmt.Fprintf(&text, "  %s: web-%d\n", address, i)
	}
	f, err := Parse("f", strings.NewReader(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	n := named(b)
	n.named.Store(f)
	b.ReportAllocs()
	for b.Loop() {
		for _, id := range ids {
			if n.Server("lb_fr0ntnet1", id) == "" {
				b.Fatalf("%s has no name", id)
			}
		}
	}
}

func TestLookupsDoNotAllocate(t *testing.T) {
	n := named(t)
	service, server := serviceID("tcp/10.0.0.5:80"), serverID("10.0.1.3:0")
	got := testing.AllocsPerRun(100, func() {
		_ = n.Service("ingress_sbox", service, nil)
		_ = n.Server("lb_fr0ntnet1", server)
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}
