package ipvs

// parse reads the 64-bit statistics, or the 32-bit ones of kernels before 4.1,
// which have no others, into s, which is zero.
func (s *Stats) parse(stats, stats64 []byte) error {
	if len(stats64) == statsSize && (*statsLayout)(stats64).holds() {
		s.take((*statsLayout)(stats64))
		return nil
	}
	s.Wraps = stats64 == nil && stats != nil
	a := attributes{rest: stats64}
	if s.Wraps {
		a.rest = stats
	}
	for a.next() {
		switch a.kind {
		case statsConnections:
			s.Connections = a.counter()
		case statsIncomingPackets:
			s.IncomingPackets = a.counter()
		case statsOutgoingPackets:
			s.OutgoingPackets = a.counter()
		case statsIncomingBytes:
			s.IncomingBytes = a.counter()
		case statsOutgoingBytes:
			s.OutgoingBytes = a.counter()
		case statsConnectionRate:
			s.Rates.Connections = a.counter()
		case statsIncomingPacketRate:
			s.Rates.IncomingPackets = a.counter()
		case statsOutgoingPacketRate:
			s.Rates.OutgoingPackets = a.counter()
		case statsIncomingByteRate:
			s.Rates.IncomingBytes = a.counter()
		case statsOutgoingByteRate:
			s.Rates.OutgoingBytes = a.counter()
		}
	}
	return a.err
}

// take reads statistics that are laid out as usual.
func (s *Stats) take(m *statsLayout) {
	s.Wraps = false
	s.Connections = m.counter(statsConnections)
	s.IncomingPackets = m.counter(statsIncomingPackets)
	s.OutgoingPackets = m.counter(statsOutgoingPackets)
	s.IncomingBytes = m.counter(statsIncomingBytes)
	s.OutgoingBytes = m.counter(statsOutgoingBytes)
	s.Rates.Connections = m.counter(statsConnectionRate)
	s.Rates.IncomingPackets = m.counter(statsIncomingPacketRate)
	s.Rates.OutgoingPackets = m.counter(statsOutgoingPacketRate)
	s.Rates.IncomingBytes = m.counter(statsIncomingByteRate)
	s.Rates.OutgoingBytes = m.counter(statsOutgoingByteRate)
}
