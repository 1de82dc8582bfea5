package ipvs

import "encoding/binary"

// serverLayout is a real server as every kernel since Linux 5.3 writes it
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_genl_fill_dest), in which nothing has
// to be looked for. Offsets are those of the attributes' heads.
type serverLayout [atServerStats64 + attributeHeader + statsSize]byte

const (
	smallAttribute = attributeHeader + 4 // with up to four bytes

	atServerAddress        = attributeHeader // in the attribute that is the server
	atServerPort           = atServerAddress + attributeHeader + 16
	atServerForward        = atServerPort + smallAttribute
	atServerWeight         = atServerForward + smallAttribute
	atServerTunnelType     = atServerWeight + smallAttribute
	atServerTunnelPort     = atServerTunnelType + smallAttribute
	atServerTunnelFlags    = atServerTunnelPort + smallAttribute
	atServerUpperThreshold = atServerTunnelFlags + smallAttribute
	atServerLowerThreshold = atServerUpperThreshold + smallAttribute
	atServerActive         = atServerLowerThreshold + smallAttribute
	atServerInactive       = atServerActive + smallAttribute
	atServerPersistent     = atServerInactive + smallAttribute
	atServerFamily         = atServerPersistent + smallAttribute
	atServerStats          = atServerFamily + smallAttribute
	atServerStats64        = atServerStats + attributeHeader + 8*smallAttribute + 2*statSize
)

// headOf returns the head of an attribute, its length and kind, as one number of
// a little-endian machine. On others it is none that stands there, so that
// messages have to be walked through.
func headOf(kind, length uint16) uint32 { return uint32(kind)<<16 | uint32(attributeHeader+length) }

// has reports whether an attribute of that kind and length is at that place.
func (m *serverLayout) has(at int, kind, length uint16) bool {
	return binary.LittleEndian.Uint32(m[at:]) == headOf(kind, length)
}

func (m *serverLayout) holds() bool {
	return m.has(0, attrServer, uint16(len(m))-attributeHeader) &&
		m.has(atServerAddress, serverAddress, 16) &&
		m.has(atServerPort, serverPort, 2) &&
		m.has(atServerForward, serverForward, 4) &&
		m.has(atServerWeight, serverWeight, 4) &&
		m.has(atServerTunnelType, serverTunnelType, 1) &&
		m.has(atServerTunnelPort, serverTunnelPort, 2) &&
		m.has(atServerTunnelFlags, serverTunnelFlags, 2) &&
		m.has(atServerUpperThreshold, serverUpperThreshold, 4) &&
		m.has(atServerLowerThreshold, serverLowerThreshold, 4) &&
		m.has(atServerActive, serverActive, 4) &&
		m.has(atServerInactive, serverInactive, 4) &&
		m.has(atServerPersistent, serverPersistent, 4) &&
		m.has(atServerFamily, serverFamily, 2) &&
		m.has(atServerStats, serverStats, atServerStats64-atServerStats-attributeHeader) &&
		m.has(atServerStats64, serverStats64, statsSize) &&
		m.stats().holds()
}

func (m *serverLayout) uint8(at int) uint8 { return m[at+attributeHeader] }
func (m *serverLayout) uint16(at int) uint16 {
	return binary.NativeEndian.Uint16(m[at+attributeHeader:])
}
func (m *serverLayout) uint32(at int) uint32 {
	return binary.NativeEndian.Uint32(m[at+attributeHeader:])
}

func (m *serverLayout) bigEndian16(at int) uint16 {
	return binary.BigEndian.Uint16(m[at+attributeHeader:])
}

func (m *serverLayout) address() []byte { return m[atServerAddress+attributeHeader : atServerPort] }

func (m *serverLayout) stats() *statsLayout {
	return (*statsLayout)(m[atServerStats64+attributeHeader:])
}

// statsLayout are ten statistics of 64 bits, as kernels write them where such
// numbers need no padding.
type statsLayout [statsSize]byte

const (
	statSize  = attributeHeader + 8
	statsSize = 10 * statSize
)

func (m *statsLayout) has(kind uint16) bool {
	return binary.LittleEndian.Uint32(m[int(kind-1)*statSize:]) == headOf(kind, statSize-attributeHeader)
}

func (m *statsLayout) holds() bool {
	return m.has(statsConnections) && m.has(statsIncomingPackets) && m.has(statsOutgoingPackets) &&
		m.has(statsIncomingBytes) && m.has(statsOutgoingBytes) && m.has(statsConnectionRate) &&
		m.has(statsIncomingPacketRate) && m.has(statsOutgoingPacketRate) &&
		m.has(statsIncomingByteRate) && m.has(statsOutgoingByteRate)
}

func (m *statsLayout) counter(kind uint16) uint64 {
	return binary.NativeEndian.Uint64(m[int(kind-1)*statSize+attributeHeader:])
}
