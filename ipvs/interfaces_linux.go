package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// routeTimeout is for each of the two dumps.
	routeTimeout = 2 * time.Second
	// routeTries is how often a dump is asked for that changes meanwhile.
	routeTries = 5
)

// Interfaces returns the network interfaces of the client's network namespace,
// by the kernel's numbers, with their addresses. It takes no privilege but to
// enter the namespace.
func (c *Client) Interfaces() ([]Interface, error) {
	var links, addresses []netlink.Message
	err := c.netns.do(func() (err error) {
		links, addresses, err = dumpInterfaces()
		return err
	})
	var found []Interface
	if err == nil {
		found, err = parseInterfaces(links, addresses)
	}
	if err != nil {
		return nil, &Error{Op: "list network interfaces", Err: err}
	}
	return found, nil
}

// dumpInterfaces reads interfaces and addresses in the calling thread's network
// namespace.
func dumpInterfaces() (links, addresses []netlink.Message, err error) {
	conn, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = conn.Close() }()
	if links, err = dumpRoute(conn, unix.RTM_GETLINK, unix.SizeofIfInfomsg); err == nil {
		addresses, err = dumpRoute(conn, unix.RTM_GETADDR, unix.SizeofIfAddrmsg)
	}
	return links, addresses, err
}

// dumpRoute asks for all that there is of a kind, until nothing changes on the
// way: an address that moves could be missing.
func dumpRoute(conn *netlink.Conn, kind netlink.HeaderType, header int) ([]netlink.Message, error) {
	for range routeTries {
		if err := conn.SetDeadline(time.Now().Add(routeTimeout)); err != nil {
			return nil, err
		}
		answers, err := conn.Execute(netlink.Message{
			Header: netlink.Header{Type: kind, Flags: netlink.Request | netlink.Dump},
			Data:   make([]byte, header),
		})
		if err != nil {
			return nil, err
		}
		if !interrupted(answers) {
			return answers, nil
		}
	}
	return nil, errors.New("the interfaces change all the time")
}

func interrupted(answers []netlink.Message) bool {
	for _, m := range answers {
		if m.Header.Flags&netlink.DumpInterrupted != 0 {
			return true
		}
	}
	return false
}

// parseInterfaces returns the interfaces of the links with their addresses.
// Addresses of other interfaces, which came between the dumps, have none to go
// to.
func parseInterfaces(links, addresses []netlink.Message) ([]Interface, error) {
	var found []Interface
	place := make(map[uint32]int)
	for _, m := range links { // struct ifinfomsg: the number is at 4
		attributes, err := routeAttributes(m, unix.RTM_NEWLINK, unix.SizeofIfInfomsg)
		if err != nil {
			return nil, err
		}
		if attributes == nil {
			continue
		}
		place[binary.NativeEndian.Uint32(m.Data[4:])] = len(found)
		found = append(found, Interface{Name: unix.ByteSliceToString(attributes[unix.IFLA_IFNAME])})
	}
	for _, m := range addresses { // struct ifaddrmsg: the number is at 4, too
		attributes, err := routeAttributes(m, unix.RTM_NEWADDR, unix.SizeofIfAddrmsg)
		if err != nil {
			return nil, err
		}
		if attributes == nil {
			continue
		}
		text := attributes[unix.IFA_LOCAL] // the address of a tunnel's other end is in IFA_ADDRESS
		if text == nil {
			text = attributes[unix.IFA_ADDRESS]
		}
		at, there := place[binary.NativeEndian.Uint32(m.Data[4:])]
		if address, ok := netip.AddrFromSlice(text); ok && there {
			found[at].Addresses = append(found[at].Addresses, address)
		}
	}
	return found, nil
}

// routeAttributes returns the attributes of a message by their types, nil for
// one of another kind.
func routeAttributes(m netlink.Message, kind netlink.HeaderType, header int) (map[uint16][]byte, error) {
	if m.Header.Type != kind {
		return nil, nil
	}
	if len(m.Data) < header {
		return nil, fmt.Errorf("a message of %d bytes about network interfaces", len(m.Data))
	}
	d, err := netlink.NewAttributeDecoder(m.Data[header:])
	if err != nil {
		return nil, err
	}
	attributes := make(map[uint16][]byte)
	for d.Next() {
		attributes[d.Type()] = d.Bytes()
	}
	return attributes, d.Err()
}
