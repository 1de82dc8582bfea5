package collector

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

// counter is one of the five that directors, services and servers have.
type counter int

const (
	connections counter = iota
	incomingPackets
	outgoingPackets
	incomingBytes
	outgoingBytes
)

func (c counter) of(s *ipvs.Stats) float64 {
	n := s.OutgoingBytes
	switch c {
	case connections:
		n = s.Connections
	case incomingPackets:
		n = s.IncomingPackets
	case outgoingPackets:
		n = s.OutgoingPackets
	case incomingBytes:
		n = s.IncomingBytes
	}
	return float64(n)
}

// addStats adds the five counters. The kernel brings them up to date every two
// seconds. A table from /proc has those of the director alone, on and off
// processors.
func addStats[T any](m *metrics[T], prefix, of string, inProc bool, values func(all []T, c counter, values []float64)) {
	for _, c := range []struct {
		counter    counter
		name, help string
	}{
		{connections, "connections_total", "Connections scheduled"},
		{incomingPackets, "incoming_packets_total", "Packets from clients"},
		{outgoingPackets, "outgoing_packets_total", "Packets to clients, where replies pass the director,"},
		{incomingBytes, "incoming_bytes_total", "Bytes from clients, IP headers included,"},
		{outgoingBytes, "outgoing_bytes_total", "Bytes to clients, where replies pass the director,"},
	} {
		e := m.counter(prefix+c.name, c.help+" "+of+".", func(all []T, column []float64) { values(all, c.counter, column) })
		e.procfs = !inProc
	}
}
