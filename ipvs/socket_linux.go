package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// socket is a generic netlink socket to the kernel, for one command at a time.
// It allocates nothing once it is open.
type socket struct {
	file     *os.File
	sequence uint32 // of the last command
	request  []byte // memory for one command
	answer   *datagram
}

// datagram is memory for one answer, or a part of it.
type datagram [datagramSize]byte

const (
	// The kernel fills dumps up to the length of the buffer that it is given,
	// and less than 32 KiB at most (net/netlink/af_netlink.c:netlink_dump).
	datagramSize = 32 << 10
	// Answers wait for IPVS's mutex only; a kernel that needs longer is stuck.
	netlinkTimeout = 20 * time.Second
)

// openSocket opens a socket in the calling thread's network namespace, which
// takes datagrams of the kernel only.
func openSocket(answer *datagram) (*socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	s := &socket{file: os.NewFile(uintptr(fd), "netlink"), answer: answer}
	err = errors.Join(unix.Connect(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}), waitAtMost(fd, netlinkTimeout))
	if err != nil {
		s.close()
		return nil, fmt.Errorf("set up a netlink socket: %w", err)
	}
	return s, nil
}

// waitAtMost has receive give up after some time.
func waitAtMost(fd int, d time.Duration) error {
	limit := unix.NsecToTimeval(d.Nanoseconds())
	return unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit)
}

func (s *socket) close() { _ = s.file.Close() }

// send sends a command to a generic netlink family.
func (s *socket) send(family uint16, command, version uint8, flags uint16, attributes []byte) error {
	s.sequence++
	b := binary.NativeEndian.AppendUint32(s.request[:0], uint32(messageHeader+genericHeader+len(attributes)))
	b = binary.NativeEndian.AppendUint16(b, family)
	b = binary.NativeEndian.AppendUint16(b, flags)
	b = binary.NativeEndian.AppendUint32(b, s.sequence)
	b = binary.NativeEndian.AppendUint32(b, 0) // the sender, which the kernel knows
	b = append(b, command, version, 0, 0)
	s.request = append(b, attributes...)
	_, err := s.file.Write(s.request)
	return err
}

// receive returns the next datagram, which is valid until the one after it.
// What does not fit is cut off by the kernel, so that a full buffer tells of
// a datagram that may have been longer.
func (s *socket) receive() ([]byte, error) {
	n, err := s.file.Read(s.answer[:])
	switch {
	case errors.Is(err, unix.EAGAIN):
		return nil, errors.New("netlink: no answer in time")
	case err != nil:
		return nil, err
	case n == len(s.answer):
		return nil, fmt.Errorf("netlink datagram of %d bytes or more", n)
	}
	return s.answer[:n], nil
}
