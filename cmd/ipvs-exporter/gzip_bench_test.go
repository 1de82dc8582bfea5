package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// full is a director of a large table, which is all there is of it.
type full struct {
	collector.Director
	table *ipvs.Table
}

func (full) Netns() string                   { return "" }
func (d full) Table() (*ipvs.Table, error)   { return d.table, nil }
func (full) Reuse(*ipvs.Table)               {}
func (full) Sysctls() ([]ipvs.Sysctl, error) { return nil, nil }

func at(network byte, i int, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, network, byte(i >> 8), byte(i)}), port)
}

// newFull has 100 services of 100 servers, and had traffic or none so far.
func newFull(traffic bool) full {
	t := &ipvs.Table{Source: ipvs.Netlink}
	for i := range 100 {
		s := ipvs.VirtualService{ID: ipvs.AddressService(ipvs.TCP, at(1, i, 80)), Scheduler: "wlc"}
		for j := range 100 {
			server := ipvs.RealServer{ID: ipvs.ServerID{AddrPort: at(64, 100*i+j, 8080)}, Weight: 100}
			if n := uint64(i*7919+j*104729) % 65536; traffic {
				server.Stats = ipvs.Stats{Connections: n * 17, IncomingPackets: n * 10177, OutgoingPackets: n * 9973, IncomingBytes: n * 10177123, OutgoingBytes: n * 99787123}
			}
			s.Servers = append(s.Servers, server)
		}
		t.Services = append(t.Services, s)
	}
	return full{table: t}
}

// BenchmarkCompression compresses what scrapes show, beside the standard
// library at its lowest level.
func BenchmarkCompression(b *testing.B) {
	for _, of := range []struct {
		name    string
		traffic bool
		format  collector.TextFormat
	}{
		{"text", false, collector.TextFormat{}},
		{"text with traffic", true, collector.TextFormat{}},
		{"OpenMetrics with created", false, collector.TextFormat{OpenMetrics: true, Created: true}},
	} {
		d := newFull(of.traffic)
		c := collector.New(func() []collector.Director { return []collector.Director{d} }, collector.Options{})
		var text bytes.Buffer
		if err := c.WriteText(b.Context(), &text, of.format, collector.Defaults()...); err != nil {
			b.Fatal(err)
		}
		b.Run(of.name, func(b *testing.B) {
			var g gzips
			r := httptest.NewRequestWithContext(b.Context(), "GET", "/metrics", nil)
			r.Header.Set("Accept-Encoding", "gzip")
			w := &answer{ResponseRecorder: httptest.NewRecorder()}
			compress(b, text.Bytes(), w, func() (io.Writer, func()) { return g.writer(w, r) })
		})
		b.Run(of.name+" by the standard library", func(b *testing.B) {
			w := &answer{}
			z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
			if err != nil {
				b.Fatal(err)
			}
			compress(b, text.Bytes(), w, func() (io.Writer, func()) {
				z.Reset(w)
				return z, func() { _ = z.Close() }
			})
		})
	}
}

// compress writes a text as a scrape does, in parts.
func compress(b *testing.B, text []byte, w *answer, begin func() (io.Writer, func())) {
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		w.size = 0
		to, end := begin()
		for rest := text; len(rest) > 0; {
			n, _ := to.Write(rest[:min(128<<10, len(rest))])
			rest = rest[n:]
		}
		end()
	}
	b.ReportMetric(float64(w.size), "compressed-B")
}

// answer counts what is written.
type answer struct {
	*httptest.ResponseRecorder
	size int
}

func (a *answer) Write(p []byte) (int, error) {
	a.size += len(p)
	return len(p), nil
}
