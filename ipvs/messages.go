package ipvs

import (
	"encoding/binary"
	"fmt"
)

// messages walks the netlink messages of one datagram in place
// (struct nlmsghdr: 32 bits of length, 16 of type, 16 of flags, 32 of
// sequence, 32 of port; padded to four bytes). It keeps its first error.
type messages struct {
	rest     []byte
	kind     uint16
	flags    uint16
	sequence uint32
	body     []byte
	err      error
}

const (
	messageHeader = 16
	genericHeader = 4 // command, version, 16 bits reserved

	messageError = 2  // NLMSG_ERROR
	messageDone  = 3  // NLMSG_DONE
	firstFamily  = 16 // NLMSG_MIN_TYPE: below are netlink's own messages

	flagRequest         = 0x01  // NLM_F_REQUEST
	flagAcknowledge     = 0x04  // NLM_F_ACK
	flagDump            = 0x300 // NLM_F_DUMP
	flagDumpInterrupted = 0x10  // NLM_F_DUMP_INTR, in answers
)

func (m *messages) next() bool {
	b := m.rest
	if m.err != nil || len(b) == 0 {
		return false
	}
	if len(b) < messageHeader {
		m.err = fmt.Errorf("netlink datagram ends in %d stray bytes", len(b))
		return false
	}
	length := uint64(binary.NativeEndian.Uint32(b))
	if length < messageHeader || length > uint64(len(b)) {
		m.err = fmt.Errorf("netlink message of length %d in %d bytes", length, len(b))
		return false
	}
	m.kind = binary.NativeEndian.Uint16(b[4:])
	m.flags = binary.NativeEndian.Uint16(b[6:])
	m.sequence = binary.NativeEndian.Uint32(b[8:])
	m.body = b[messageHeader:length]
	m.rest = b[min((length+3)&^3, uint64(len(b))):]
	return true
}

// errno returns the error number that an error or done message carries, 0
// when there is none. The kernel sends it negated.
func (m *messages) errno() uint32 {
	if len(m.body) < 4 {
		return 0
	}
	return -binary.NativeEndian.Uint32(m.body)
}
