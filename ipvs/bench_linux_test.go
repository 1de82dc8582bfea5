package ipvs

import (
	"encoding/binary"
	"testing"
)

// BenchmarkServers parses a datagram of real servers, as full as the kernel
// makes them.
func BenchmarkServers(b *testing.B) {
	datagram := fullDatagram(b, "servers-8")
	sequence := binary.NativeEndian.Uint32(datagram[8:])
	list := make([]RealServer, 0, 100)
	b.ReportAllocs()
	for b.Loop() {
		list = list[:0]
		var d dumped
		_, err := d.read(datagram, sequence, func(message []byte) error {
			list = extend(list)
			return parseServer(&list[len(list)-1], message, IPv4)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/server")
}

// BenchmarkServices parses a datagram of virtual services.
func BenchmarkServices(b *testing.B) {
	datagram := fullDatagram(b, "services")
	sequence := binary.NativeEndian.Uint32(datagram[8:])
	list := make([]VirtualService, 0, 100)
	known := names{}
	b.ReportAllocs()
	for b.Loop() {
		list = list[:0]
		var d dumped
		_, err := d.read(datagram, sequence, func(message []byte) error {
			list = append(list, VirtualService{})
			return parseService(&list[len(list)-1], message, known)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/service")
}

// fullDatagram repeats the messages of a captured answer, without its end.
func fullDatagram(b *testing.B, name string) []byte {
	b.Helper()
	m := messages{rest: captured(b, "testdata/6.12", name)}
	whole := m.rest
	for m.next() && m.kind != messageDone {
		whole = whole[:len(whole)-len(m.rest)]
		break
	}
	var datagram []byte
	for len(datagram)+len(whole) < datagramSize {
		datagram = append(datagram, whole...)
	}
	return datagram
}

// BenchmarkRepeats looks for entries that stand twice among 100.
func BenchmarkRepeats(b *testing.B) {
	list := manyServers(100)
	m := newMemory()
	b.ReportAllocs()
	for b.Loop() {
		if len(m.dropRepeated(0, list)) != len(list) {
			b.Fatal("there are repeats")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/server")
}

// BenchmarkServiceKey encodes the key of a virtual service.
func BenchmarkServiceKey(b *testing.B) {
	id, err := ParseServiceID("tcp/10.0.0.1:80")
	if err != nil {
		b.Fatal(err)
	}
	c := &conn{}
	b.ReportAllocs()
	for b.Loop() {
		c.serviceKey(id)
	}
}
