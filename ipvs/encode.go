package ipvs

import (
	"encoding/binary"
	"math"
	"net/netip"
)

// encoder writes netlink attributes, in the form that [attributes] reads.
type encoder struct{ b []byte }

// attributeNested is set in the type of an attribute that has attributes.
const attributeNested = 0x8000

func (e *encoder) uint8(kind uint16, v uint8) { e.bytes(kind, []byte{v}) }

func (e *encoder) uint16(kind uint16, v uint16) {
	start := e.begin(kind)
	e.b = binary.NativeEndian.AppendUint16(e.b, v)
	e.end(start)
}

func (e *encoder) bigEndian16(kind uint16, v uint16) {
	e.bytes(kind, []byte{byte(v >> 8), byte(v)})
}

func (e *encoder) uint32(kind uint16, v uint32) {
	start := e.begin(kind)
	e.b = binary.NativeEndian.AppendUint32(e.b, v)
	e.end(start)
}

// address pads an address to union nf_inet_addr.
func (e *encoder) address(kind uint16, a netip.Addr) {
	union := a.As16()
	if a.Is4() {
		four := a.As4()
		union = [16]byte{four[0], four[1], four[2], four[3]}
	}
	e.bytes(kind, union[:])
}

// text writes a string, which ends in NUL.
func (e *encoder) text(kind uint16, v string) {
	start := e.begin(kind)
	e.b = append(append(e.b, v...), 0)
	e.end(start)
}

func (e *encoder) bytes(kind uint16, v []byte) {
	start := e.begin(kind)
	e.b = append(e.b, v...)
	e.end(start)
}

// begin starts an attribute, whose value is what is written until end.
func (e *encoder) begin(kind uint16) (start int) {
	start = len(e.b)
	e.b = binary.NativeEndian.AppendUint16(e.b, 0) // the length
	e.b = binary.NativeEndian.AppendUint16(e.b, kind)
	return start
}

func (e *encoder) end(start int) {
	binary.NativeEndian.PutUint16(e.b[start:], uint16(len(e.b)-start))
	for len(e.b)%4 != 0 {
		e.b = append(e.b, 0)
	}
}

// service writes the key of a virtual service, as every command on one wants
// it.
func (e *encoder) service(id ServiceID) {
	start := e.begin(attrService | attributeNested)
	e.uint16(serviceFamily, uint16(id.Family()))
	if id.Mark != 0 {
		e.uint32(serviceMark, id.Mark)
	} else {
		e.uint16(serviceProtocol, uint16(id.Protocol))
		e.address(serviceAddress, id.Address.Addr())
		e.bigEndian16(servicePort, id.Address.Port())
	}
	e.end(start)
}

// server writes the whole of a real server: the kernel replaces every field,
// and takes what is left out for zero
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_genl_parse_dest).
func (e *encoder) server(s *RealServer) {
	start := e.begin(attrServer | attributeNested)
	e.address(serverAddress, s.ID.Addr())
	e.bigEndian16(serverPort, s.ID.Port())
	e.uint16(serverFamily, uint16(FamilyOf(s.ID.Addr())))
	e.uint32(serverForward, uint32(s.Forward))
	e.uint32(serverWeight, s.Weight)
	e.uint32(serverUpperThreshold, s.UpperThreshold)
	e.uint32(serverLowerThreshold, s.LowerThreshold)
	if s.Tunnel != (Tunnel{}) {
		e.uint8(serverTunnelType, uint8(s.Tunnel.Type))
		e.bigEndian16(serverTunnelPort, s.Tunnel.Port)
		e.uint16(serverTunnelFlags, s.Tunnel.Flags)
	}
	e.end(start)
}

// scheduling writes a virtual service as the kernel's message has it, with
// another scheduling: what is left out of a service the kernel takes for unset,
// and what it keeps for services that are not persistent is nobody's business
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_genl_parse_service).
func (e *encoder) scheduling(message []byte, to Scheduling) error {
	service, err := nested(message, attrService)
	if err != nil {
		return err
	}
	start := e.begin(attrService | attributeNested)
	a := attributes{rest: service}
	for a.next() {
		switch a.kind {
		case serviceScheduler, serviceFlags, serviceStats, serviceStats64:
		default:
			e.bytes(a.kind, a.value)
		}
	}
	e.text(serviceScheduler, to.Scheduler)
	e.bytes(serviceFlags, flagsEdit(to.Flags, schedulerFlags))
	e.end(start)
	return a.err
}

// flagsEdit is struct ip_vs_flags: the flags, and which of them to change.
func flagsEdit(flags, mask Flags) []byte {
	return binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, uint32(flags)), uint32(mask))
}

// maxWeight is the largest weight that the kernel's int holds.
const maxWeight = math.MaxInt32
