package ipvs

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// conn is a netlink socket that knows the number of the family IPVS, with the
// memory that one read of a table leaves to the next.
type conn struct {
	*socket
	family uint16
	key    []byte // memory for the attributes of a command
	memory memory
}

// dial opens a socket in the calling thread's network namespace. Asking for
// a missing family makes the kernel load its module, so the caller makes sure
// first that it is there.
func dial(answer *datagram) (*conn, error) {
	s, err := openSocket(answer)
	if err != nil {
		return nil, err
	}
	c := &conn{socket: s, memory: newMemory()}
	if err := c.findFamily(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// findFamily asks the family of families for IPVS.
func (c *conn) findFamily() error {
	var key encoder
	key.text(controlFamilyName, familyName)
	if err := c.send(controlFamily, cmdGetFamily, controlVersion, flagRequest, key.b); err != nil {
		return err
	}
	message, err := c.one()
	if err != nil {
		return err
	}
	number, version, err := parseFamily(message)
	if err != nil {
		return err
	}
	if version != familyVersion {
		return fmt.Errorf("netlink family %s has version %d, not %d", familyName, version, familyVersion)
	}
	c.family = number
	return nil
}

// get sends a command that has one answer and returns its attributes, which
// are valid until the next command.
func (c *conn) get(command uint8, attributes []byte) ([]byte, error) {
	if err := c.send(c.family, command, familyVersion, flagRequest, attributes); err != nil {
		return nil, err
	}
	return c.one()
}

// one returns the attributes of the one message of an answer.
func (c *conn) one() (message []byte, err error) {
	for message == nil {
		datagram, err := c.receive()
		if err != nil {
			return nil, err
		}
		var d dumped
		done, err := d.read(datagram, c.sequence, func(m []byte) error {
			message = m
			return nil
		})
		if err != nil {
			return nil, err
		}
		if done && message == nil {
			return nil, errors.New("netlink command without an answer")
		}
	}
	return message, nil
}

// set sends a command that is only acknowledged.
func (c *conn) set(command uint8, attributes []byte) error {
	_, err := c.ask(command, flagRequest|flagAcknowledge, attributes, func([]byte) error { return nil })
	return err
}

// dump sends a command and calls each with the attributes of every message
// of its answer; they are valid during the call only.
func (c *conn) dump(command uint8, attributes []byte, each func(message []byte) error) (dumped, error) {
	return c.ask(command, flagRequest|flagDump, attributes, each)
}

func (c *conn) ask(command uint8, flags uint16, attributes []byte, each func(message []byte) error) (d dumped, err error) {
	if err := c.send(c.family, command, familyVersion, flags, attributes); err != nil {
		return d, err
	}
	for done := false; !done; {
		datagram, err := c.receive()
		if err != nil {
			return d, err
		}
		if done, err = d.read(datagram, c.sequence, each); err != nil {
			return d, err
		}
	}
	return d, nil
}

// dumped is what is known of a dump besides its messages.
type dumped struct {
	datagrams   int  // with messages; the kernel's locks are held for one at a time
	interrupted bool // the kernel says that the table changed meanwhile
}

// read goes through the messages of one datagram and reports whether the
// dump has ended.
func (d *dumped) read(datagram []byte, sequence uint32, each func([]byte) error) (done bool, err error) {
	m := messages{rest: datagram}
	counted := false
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
		if !counted {
			d.datagrams++
			counted = true
		}
		d.interrupted = d.interrupted || m.flags&flagDumpInterrupted != 0
		if err := each(m.body[genericHeader:]); err != nil {
			return true, err
		}
	}
	return m.err != nil, m.err
}
