package collector

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// addStats adds the five counters that directors, services and servers have.
// The kernel brings them up to date every two seconds. A table from /proc has
// those of the director alone, on and off processors.
func addStats[T any](m *metrics[T], prefix, of string, inProc bool, stats func(*T) *ipvs.Stats) {
	for _, c := range []struct {
		name, help string
		value      func(*ipvs.Stats) uint64
	}{
		{"connections_total", "Connections scheduled", func(s *ipvs.Stats) uint64 { return s.Connections }},
		{"incoming_packets_total", "Packets from clients", func(s *ipvs.Stats) uint64 { return s.IncomingPackets }},
		{"outgoing_packets_total", "Packets to clients, where replies pass the director,", func(s *ipvs.Stats) uint64 { return s.OutgoingPackets }},
		{"incoming_bytes_total", "Bytes from clients, IP headers included,", func(s *ipvs.Stats) uint64 { return s.IncomingBytes }},
		{"outgoing_bytes_total", "Bytes to clients, where replies pass the director,", func(s *ipvs.Stats) uint64 { return s.OutgoingBytes }},
	} {
		value := c.value
		e := m.counter(prefix+c.name, c.help+" "+of+".", func(t *T) float64 { return float64(value(stats(t))) })
		e.procfs = !inProc
	}
}
