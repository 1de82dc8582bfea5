package collector

import (
	"fmt"
	"io"
	"net/netip"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// BenchmarkScrape writes a table that is read already: as text, and by a
// registry.
func BenchmarkScrape(b *testing.B) {
	for _, shape := range []struct{ services, servers int }{{100, 100}, {1000, 100}, {10000, 10}} {
		name := fmt.Sprintf("%dx%d", shape.services, shape.servers)
		c := New(only(&fake{table: bigTable(shape.services, shape.servers)}), Options{})
		b.Run("text/"+name, func(b *testing.B) {
			b.ReportAllocs()
			writeText(b, c)
			for b.Loop() {
				b.SetBytes(writeText(b, c))
			}
		})
		b.Run("registry/"+name, func(b *testing.B) {
			b.ReportAllocs()
			registry := prometheus.NewRegistry()
			registry.MustRegister(c)
			for b.Loop() {
				families, err := registry.Gather()
				if err != nil {
					b.Fatal(err)
				}
				for _, f := range families {
					if _, err := expfmt.MetricFamilyToOpenMetrics(io.Discard, f); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func writeText(b *testing.B, c *Collector) (size int64) {
	w := &counter{}
	if err := c.WriteText(b.Context(), w, TextFormat{OpenMetrics: true}, Defaults()...); err != nil {
		b.Fatal(err)
	}
	return w.n
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// bigTable has counters and weights of common sizes.
func bigTable(services, servers int) *ipvs.Table {
	t := &ipvs.Table{Source: ipvs.Netlink, Director: ipvs.Director{OverheadFactor: 257}}
	for i := range services {
		s := ipvs.VirtualService{
			ID:        ipvs.AddressService(ipvs.TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 80)),
			Scheduler: []string{"wrr", "wlc"}[i%2],
		}
		for j := range servers {
			s.Servers = append(s.Servers, ipvs.RealServer{
				ID:     ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(2 + i>>8), byte(i), byte(j)}), 8080)},
				Weight: 100, ActiveConnections: uint32(j % 20), InactiveConnections: uint32(17 * j),
				Stats: ipvs.Stats{Connections: uint64(i*j) * 17, IncomingPackets: uint64(i*j) * 177, IncomingBytes: uint64(i*j) * 177123},
			})
		}
		t.Services = append(t.Services, s)
	}
	return t
}
