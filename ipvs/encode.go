package ipvs

import (
	"encoding/binary"
	"math"

	"github.com/mdlayher/netlink"
)

// encodeService writes the key of a virtual service, as every command on one
// wants it.
func encodeService(id ServiceID) ([]byte, error) {
	e := netlink.NewAttributeEncoder()
	e.Nested(attrService, serviceKey(id))
	return e.Encode()
}

// encodeServer writes the key of a virtual service and the whole of one of
// its real servers: the kernel replaces every field, and takes what is left
// out for zero (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_genl_parse_dest).
func encodeServer(id ServiceID, s RealServer) ([]byte, error) {
	e := netlink.NewAttributeEncoder()
	e.Nested(attrService, serviceKey(id))
	e.Nested(attrServer, func(e *netlink.AttributeEncoder) error {
		e.Bytes(serverAddress, unionAddress(s.ID.Addr().AsSlice()))
		e.Bytes(serverPort, bigEndian16(s.ID.Port()))
		e.Uint16(serverFamily, uint16(FamilyOf(s.ID.Addr())))
		e.Uint32(serverForward, uint32(s.Forward))
		e.Uint32(serverWeight, s.Weight)
		e.Uint32(serverUpperThreshold, s.UpperThreshold)
		e.Uint32(serverLowerThreshold, s.LowerThreshold)
		if s.Tunnel != (Tunnel{}) {
			e.Uint8(serverTunnelType, uint8(s.Tunnel.Type))
			e.Bytes(serverTunnelPort, bigEndian16(s.Tunnel.Port))
			e.Uint16(serverTunnelFlags, s.Tunnel.Flags)
		}
		return nil
	})
	return e.Encode()
}

// encodeScheduling writes a virtual service as the kernel's message has it, with
// another scheduling: what is left out of a service the kernel takes for unset,
// and what it keeps for services that are not persistent is nobody's business
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_genl_parse_service).
func encodeScheduling(message []byte, to Scheduling) ([]byte, error) {
	service, err := nested(message, attrService)
	if err != nil {
		return nil, err
	}
	e := netlink.NewAttributeEncoder()
	e.Nested(attrService, func(e *netlink.AttributeEncoder) error {
		a := attributes{rest: service}
		for a.next() {
			switch a.kind {
			case serviceScheduler, serviceFlags, serviceStats, serviceStats64:
			default:
				e.Bytes(a.kind, a.value)
			}
		}
		e.String(serviceScheduler, to.Scheduler)
		e.Bytes(serviceFlags, flagsEdit(to.Flags, schedulerFlags))
		return a.err
	})
	return e.Encode()
}

// flagsEdit is struct ip_vs_flags: the flags, and which of them to change.
func flagsEdit(flags, mask Flags) []byte {
	return binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, uint32(flags)), uint32(mask))
}

func serviceKey(id ServiceID) func(*netlink.AttributeEncoder) error {
	return func(e *netlink.AttributeEncoder) error {
		e.Uint16(serviceFamily, uint16(id.Family()))
		if id.Mark != 0 {
			e.Uint32(serviceMark, id.Mark)
			return nil
		}
		e.Uint16(serviceProtocol, uint16(id.Protocol))
		e.Bytes(serviceAddress, unionAddress(id.Address.Addr().AsSlice()))
		e.Bytes(servicePort, bigEndian16(id.Address.Port()))
		return nil
	}
}

// unionAddress pads an address to union nf_inet_addr.
func unionAddress(address []byte) []byte {
	union := make([]byte, 16)
	copy(union, address)
	return union
}

func bigEndian16(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }

// maxWeight is the largest weight that the kernel's int holds.
const maxWeight = math.MaxInt32
