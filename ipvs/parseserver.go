package ipvs

import "net/netip"

// parseServer reads a real server from the attributes of a message into s,
// which may hold another; family is that of its service, which old kernels do
// not repeat.
func parseServer(s *RealServer, message []byte, family Family) error {
	if len(message) == len(serverLayout{}) && (*serverLayout)(message).holds() {
		return s.take((*serverLayout)(message))
	}
	*s = RealServer{}
	body, err := nested(message, attrServer)
	if err != nil {
		return err
	}
	var address, stats, stats64 []byte
	var port uint16
	a := attributes{rest: body}
	for a.next() {
		switch a.kind {
		case serverAddress:
			address = a.value
		case serverPort:
			port = a.bigEndian16()
		case serverFamily:
			family = Family(a.uint16())
		case serverStats:
			stats = a.value
		case serverStats64:
			stats64 = a.value
		default:
			parseServerSetting(&a, s)
		}
	}
	if a.err != nil {
		return a.err
	}
	ip, err := parseAddress(family, address)
	if err != nil {
		return err
	}
	s.ID = ServerID{netip.AddrPortFrom(ip, port)}
	return s.Stats.parse(stats, stats64)
}

// take reads a real server that is laid out as usual.
func (s *RealServer) take(m *serverLayout) error {
	ip, err := parseAddress(Family(m.uint16(atServerFamily)), m.address())
	s.ID = ServerID{netip.AddrPortFrom(ip, m.bigEndian16(atServerPort))}
	s.Forward = Forward(m.uint32(atServerForward) & forwardMask)
	s.Tunnel = Tunnel{
		Type:  TunnelType(m.uint8(atServerTunnelType)),
		Port:  m.bigEndian16(atServerTunnelPort),
		Flags: m.uint16(atServerTunnelFlags),
	}
	s.Weight = m.uint32(atServerWeight)
	s.UpperThreshold = m.uint32(atServerUpperThreshold)
	s.LowerThreshold = m.uint32(atServerLowerThreshold)
	s.ActiveConnections = m.uint32(atServerActive)
	s.InactiveConnections = m.uint32(atServerInactive)
	s.PersistentConnections = m.uint32(atServerPersistent)
	s.Stats.take(m.stats())
	return err
}

func parseServerSetting(a *attributes, s *RealServer) {
	switch a.kind {
	case serverForward:
		s.Forward = Forward(a.uint32() & forwardMask)
	case serverWeight:
		s.Weight = a.uint32()
	case serverUpperThreshold:
		s.UpperThreshold = a.uint32()
	case serverLowerThreshold:
		s.LowerThreshold = a.uint32()
	case serverActive:
		s.ActiveConnections = a.uint32()
	case serverInactive:
		s.InactiveConnections = a.uint32()
	case serverPersistent:
		s.PersistentConnections = a.uint32()
	case serverTunnelType:
		s.Tunnel.Type = TunnelType(a.uint8())
	case serverTunnelPort:
		s.Tunnel.Port = a.bigEndian16()
	case serverTunnelFlags:
		s.Tunnel.Flags = a.uint16()
	}
}
