//go:build linux

package measure

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// dumper is the yardstick: it has the kernel send everything that it knows of
// services and real servers, and looks at no more of that than it must: the
// services' keys, and which message is the last. It allocates nothing once it
// has dumped a table.
type dumper struct {
	fd      int
	family  uint16
	buffer  []byte // a datagram; the kernel sends 32 KiB at most
	request []byte
	keys    []byte // one service's after the other
	ends    []int  // of keys
}

func newDumper() (*dumper, error) {
	family, err := ipvsFamily()
	if err != nil {
		return nil, err
	}
	fd, err := socket()
	return &dumper{fd: fd, family: family, buffer: make([]byte, 64<<10)}, err
}

// dump returns the number of real servers.
func (d *dumper) dump() (servers int, err error) {
	d.keys, d.ends = d.keys[:0], d.ends[:0]
	if _, err := d.each(getServices, nil, d.keep); err != nil {
		return 0, err
	}
	start := 0
	for _, end := range d.ends {
		n, err := d.each(getServers, d.keys[start:end], nil)
		if err != nil {
			return 0, err
		}
		servers, start = servers+n, end
	}
	return servers, nil
}

// keep notes the key of the service that a message is about: its first
// attributes.
func (d *dumper) keep(message []byte) {
	attributes := message[messageHeader+genericHeader+attributeHeader:]
	n := 0
	for n < len(attributes) && binary.NativeEndian.Uint16(attributes[n+2:]) <= serviceMark {
		n += int(binary.NativeEndian.Uint16(attributes[n:])+3) &^ 3
	}
	d.keys = append(d.keys, attributes[:n]...)
	d.ends = append(d.ends, len(d.keys))
}

// each sends a request and counts the messages of the answer.
func (d *dumper) each(command uint8, service []byte, do func(message []byte)) (n int, err error) {
	d.request = appendMessage(d.request[:0], d.family, command, unix.NLM_F_DUMP, service, nil)
	if err := send(d.fd, d.request); err != nil {
		return 0, err
	}
	for {
		length, err := unix.Read(d.fd, d.buffer)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("netlink answer: %w", err)
		}
		for rest := d.buffer[:length]; len(rest) > 0; {
			switch binary.NativeEndian.Uint16(rest[4:]) {
			case unix.NLMSG_DONE:
				return n, nil
			case unix.NLMSG_ERROR:
				return 0, unix.Errno(-int32(binary.NativeEndian.Uint32(rest[messageHeader:])))
			}
			size := binary.NativeEndian.Uint32(rest)
			if do != nil {
				do(rest[:size])
			}
			rest = rest[min(int(size+3)&^3, len(rest)):]
			n++
		}
	}
}
