//go:build linux

package measure

import (
	"encoding/binary"
	"fmt"

	"github.com/mdlayher/genetlink"
	"golang.org/x/sys/unix"
)

// Numbers of the kernel's generic netlink family IPVS
// (include/uapi/linux/ip_vs.h).
const (
	newService  = 1
	getServices = 4
	newServer   = 5
	getServers  = 8

	attrService = 1
	attrServer  = 2

	serviceFamily    = 1
	serviceProtocol  = 2
	serviceAddress   = 3
	servicePort      = 4
	serviceMark      = 5 // the last one that a service is known by
	serviceScheduler = 6
	serviceFlags     = 7
	serviceTimeout   = 8
	serviceNetmask   = 9

	serverAddress = 1
	serverPort    = 2
	serverForward = 3
	serverWeight  = 4
	serverUpper   = 5
	serverLower   = 6
)

// Lengths of headers (include/uapi/linux/netlink.h, genetlink.h).
const (
	messageHeader   = 16
	genericHeader   = 4
	attributeHeader = 4
)

func ipvsFamily() (uint16, error) {
	c, err := genetlink.Dial(nil)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	family, err := c.GetFamily("IPVS")
	return family.ID, err
}

// socket opens a netlink socket in the thread's network namespace.
func socket() (int, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return 0, fmt.Errorf("netlink socket: %w", err)
	}
	return fd, nil
}

// send writes requests to a socket, whose other end is the kernel unless said
// otherwise.
func send(fd int, messages []byte) error {
	if _, err := unix.Write(fd, messages); err != nil {
		return fmt.Errorf("netlink request: %w", err)
	}
	return nil
}

// appendMessage appends a request with the attributes of a virtual service,
// and others behind.
func appendMessage(b []byte, family uint16, command uint8, flags uint16, service, others []byte) []byte {
	length := messageHeader + genericHeader + len(others)
	if service != nil {
		length += attributeHeader + len(service)
	}
	b = binary.NativeEndian.AppendUint32(b, uint32(length))
	b = binary.NativeEndian.AppendUint16(b, family)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST|flags)
	b = append(b, make([]byte, 8)...) // sequence and port
	b = append(b, command, 1, 0, 0)
	if service != nil {
		b = appendAttribute(b, attrService|unix.NLA_F_NESTED, service)
	}
	return append(b, others...)
}

// appendAttribute appends an attribute, filled up to a multiple of four.
func appendAttribute(b []byte, kind uint16, value []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(attributeHeader+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	return append(b, make([]byte, -len(value)&3)...)
}
