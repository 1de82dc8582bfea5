package ipvs

import (
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// conn is one netlink socket that knows the number of the family IPVS.
type conn struct {
	nl     *netlink.Conn
	family uint16
	buffer []byte // of one datagram
}

const (
	// The kernel fills dumps up to the length of the buffer that it is given,
	// 32 KiB at most (net/netlink/af_netlink.c:netlink_dump).
	datagramSize = 64 << 10
	// Answers wait for IPVS's mutex only; a kernel that needs longer is stuck.
	netlinkTimeout = 20 * time.Second
)

// dial opens a socket in the calling thread's network namespace. Asking for
// a missing family makes the kernel load its module, so the caller makes sure
// first that it is there.
func dial() (*conn, error) {
	nl, err := netlink.Dial(unix.NETLINK_GENERIC, nil)
	if err != nil {
		return nil, err
	}
	family, err := genetlink.NewConn(nl).GetFamily(familyName)
	if err != nil {
		_ = nl.Close()
		return nil, err
	}
	if family.Version != familyVersion {
		_ = nl.Close()
		return nil, fmt.Errorf("netlink family %s has version %d, not %d", familyName, family.Version, familyVersion)
	}
	return &conn{nl: nl, family: family.ID, buffer: make([]byte, datagramSize)}, nil
}

func (c *conn) close() { _ = c.nl.Close() }

// get sends a command that has one answer and returns its attributes.
func (c *conn) get(command uint8, attributes []byte) ([]byte, error) {
	answers, err := c.execute(c.message(command, netlink.Request, attributes))
	if err != nil {
		return nil, err
	}
	if len(answers) != 1 || len(answers[0].Data) < genericHeader {
		return nil, errors.New("netlink command without an answer")
	}
	return answers[0].Data[genericHeader:], nil
}

// set sends a command that is only acknowledged.
func (c *conn) set(command uint8, attributes []byte) error {
	_, err := c.execute(c.message(command, netlink.Request|netlink.Acknowledge, attributes))
	return err
}

func (c *conn) execute(m netlink.Message) ([]netlink.Message, error) {
	if err := c.nl.SetDeadline(time.Now().Add(netlinkTimeout)); err != nil {
		return nil, err
	}
	return c.nl.Execute(m)
}

func (c *conn) message(command uint8, flags netlink.HeaderFlags, attributes []byte) netlink.Message {
	return netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(c.family), Flags: flags},
		Data:   append([]byte{command, familyVersion, 0, 0}, attributes...),
	}
}

// dumped is what is known of a dump besides its messages.
type dumped struct {
	datagrams   int  // the kernel's locks are held for one datagram at a time
	interrupted bool // the kernel says that the table changed meanwhile
}

// dump sends a command and calls each with the attributes of every message
// of its answer; they are valid during the call only. A library's receive
// would allocate every datagram anew and hide where one ends.
func (c *conn) dump(command uint8, attributes []byte, each func(message []byte) error) (dumped, error) {
	if err := c.nl.SetDeadline(time.Now().Add(netlinkTimeout)); err != nil {
		return dumped{}, err
	}
	request, err := c.nl.Send(c.message(command, netlink.Request|netlink.Dump, attributes))
	if err != nil {
		return dumped{}, err
	}
	var d dumped
	for {
		datagram, err := c.receive()
		if err != nil {
			return d, err
		}
		d.datagrams++
		done, err := d.read(datagram, request.Header.Sequence, each)
		if done || err != nil {
			return d, err
		}
	}
}

func (c *conn) receive() ([]byte, error) {
	raw, err := c.nl.SyscallConn()
	if err != nil {
		return nil, err
	}
	var n int
	var got error
	err = raw.Read(func(fd uintptr) bool {
		n, got = receiveNow(int(fd), c.buffer)
		return !errors.Is(got, unix.EAGAIN)
	})
	if err = errors.Join(err, got); err != nil {
		return nil, err
	}
	if n > len(c.buffer) {
		return nil, fmt.Errorf("netlink datagram of %d bytes is over %d", n, len(c.buffer))
	}
	return c.buffer[:n], nil
}

// receiveNow returns the length of the datagram that is there, which may be
// more than the buffer takes, or EAGAIN.
func receiveNow(fd int, buffer []byte) (n int, err error) {
	for {
		n, _, err = unix.Recvfrom(fd, buffer, unix.MSG_DONTWAIT|unix.MSG_TRUNC)
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}

// read goes through the messages of one datagram and reports whether the
// dump has ended.
func (d *dumped) read(datagram []byte, sequence uint32, each func([]byte) error) (done bool, err error) {
	m := messages{rest: datagram}
	for m.next() {
		switch {
		case m.sequence != sequence: // of an earlier command that was given up
			continue
		case m.kind == messageError || m.kind == messageDone:
			if number := m.errno(); number != 0 {
				return true, unix.Errno(number)
			}
			return true, nil
		case m.kind < firstFamily:
			continue
		case len(m.body) < genericHeader:
			return true, fmt.Errorf("netlink message of %d bytes", len(m.body))
		}
		d.interrupted = d.interrupted || m.flags&flagDumpInterrupted != 0
		if err := each(m.body[genericHeader:]); err != nil {
			return true, err
		}
	}
	return m.err != nil, m.err
}
