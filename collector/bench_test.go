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

// BenchmarkText writes a table that is read already: one without traffic, one
// with, and that in OpenMetrics with lines for the start of each counter.
func BenchmarkText(b *testing.B) {
	for _, shape := range []struct{ services, servers int }{{100, 100}, {1000, 100}, {10000, 10}} {
		idle, busy := bigTable(shape.services, shape.servers), bigTable(shape.services, shape.servers)
		addTraffic(busy)
		for _, c := range []struct {
			name   string
			first  *ipvs.Table
			then   *ipvs.Table
			format TextFormat
		}{
			{"idle", idle, idle, TextFormat{}},
			{"busy", busy, busy, TextFormat{}},
			{"created", idle, busy, TextFormat{OpenMetrics: true, Created: true}},
		} {
			b.Run(fmt.Sprintf("%s/%dx%d", c.name, shape.services, shape.servers), func(b *testing.B) {
				d := &fake{table: c.first}
				collector := New(only(d), Options{})
				writeText(b, collector, c.format)
				d.table = c.then
				b.ReportAllocs()
				for b.Loop() {
					b.SetBytes(writeText(b, collector, c.format))
				}
			})
		}
	}
}

// BenchmarkRegistry gathers and writes what BenchmarkText does when busy.
func BenchmarkRegistry(b *testing.B) {
	busy := bigTable(100, 100)
	addTraffic(busy)
	registry := prometheus.NewRegistry()
	registry.MustRegister(New(only(&fake{table: busy}), Options{}))
	b.ReportAllocs()
	for b.Loop() {
		families, err := registry.Gather()
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range families {
			if _, err := expfmt.MetricFamilyToText(io.Discard, f); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func writeText(b *testing.B, c *Collector, format TextFormat) (size int64) {
	w := &sink{}
	if err := c.WriteText(b.Context(), w, format, Defaults()...); err != nil {
		b.Fatal(err)
	}
	return w.n
}

type sink struct{ n int64 }

func (s *sink) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return len(p), nil
}

// bigTable is that of a director without traffic.
func bigTable(services, servers int) *ipvs.Table {
	t := &ipvs.Table{Source: ipvs.Netlink, Director: ipvs.Director{OverheadFactor: 257}}
	for i := range services {
		s := ipvs.VirtualService{
			ID:        ipvs.AddressService(ipvs.TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 80)),
			Scheduler: "wlc",
		}
		for j := range servers {
			s.Servers = append(s.Servers, ipvs.RealServer{
				ID:     ipvs.ServerID{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(2 + i>>8), byte(i), byte(j)}), 8080)},
				Weight: 100,
			})
		}
		t.Services = append(t.Services, s)
	}
	return t
}

// addTraffic gives servers counters of ten digits, no two the same.
func addTraffic(t *ipvs.Table) {
	n := uint64(1_234_567_890)
	next := func() uint64 { n += 12347; return n }
	for i := range t.Services {
		servers := t.Services[i].Servers
		for j := range servers {
			s := &servers[j]
			s.ActiveConnections, s.InactiveConnections = uint32(j%20), uint32(17*j)
			s.Stats = ipvs.Stats{Connections: next(), IncomingPackets: next(), OutgoingPackets: next(), IncomingBytes: next(), OutgoingBytes: next()}
		}
	}
}
