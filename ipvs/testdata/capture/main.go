// Command capture asks the kernel, over netlink, for all that it tells of
// IPVS, and writes its answers as they came into files of the given folder:
// of each dump the datagrams one after another.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "capture:", err)
		os.Exit(1)
	}
}

// Commands of the family IPVS.
const (
	getService = 4
	getServer  = 8
	getDaemon  = 11
	getConfig  = 13
	getInfo    = 15
)

func run(folder string) error {
	conn, err := netlink.Dial(unix.NETLINK_GENERIC, nil)
	if err != nil {
		return err
	}
	family, err := findFamily(conn)
	if err != nil {
		return err
	}
	k := kernel{conn: conn, family: family}
	services := k.answers(getService, netlink.Dump, nil)
	files := map[string][]byte{
		"info":     k.answers(getInfo, 0, nil),
		"config":   k.answers(getConfig, 0, nil),
		"daemons":  k.answers(getDaemon, netlink.Dump, nil),
		"services": services,
	}
	for i, service := range bodies(services) {
		files[fmt.Sprintf("servers-%d", i+1)] = k.answers(getServer, netlink.Dump, service)
	}
	for name, answers := range files {
		if err := os.WriteFile(filepath.Join(folder, name), answers, 0o644); err != nil {
			return err
		}
	}
	return k.err
}

// findFamily returns the number of the family IPVS.
func findFamily(conn *netlink.Conn) (number uint16, err error) {
	e := netlink.NewAttributeEncoder()
	e.String(unix.CTRL_ATTR_FAMILY_NAME, "IPVS")
	name, err := e.Encode()
	if err != nil {
		return 0, err
	}
	answers, err := conn.Execute(netlink.Message{
		Header: netlink.Header{Type: unix.GENL_ID_CTRL, Flags: netlink.Request},
		Data:   append([]byte{unix.CTRL_CMD_GETFAMILY, 1, 0, 0}, name...),
	})
	if err != nil {
		return 0, err
	}
	d, err := netlink.NewAttributeDecoder(answers[0].Data[4:])
	if err != nil {
		return 0, err
	}
	for d.Next() {
		if d.Type() == unix.CTRL_ATTR_FAMILY_ID {
			number = d.Uint16()
		}
	}
	return number, d.Err()
}

type kernel struct {
	conn   *netlink.Conn
	family uint16
	err    error // the first
}

// answers returns the datagrams that a command is answered with.
func (k *kernel) answers(command byte, flags netlink.HeaderFlags, attributes []byte) []byte {
	_, err := k.conn.Send(netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(k.family), Flags: netlink.Request | flags},
		Data:   append([]byte{command, 1, 0, 0}, attributes...),
	})
	var all []byte
	for err == nil {
		var datagram []byte
		datagram, err = k.receive()
		all = append(all, datagram...)
		if flags == 0 || ends(datagram) {
			break
		}
	}
	if k.err == nil {
		k.err = err
	}
	return all
}

func (k *kernel) receive() ([]byte, error) {
	raw, err := k.conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	buffer := make([]byte, 64<<10)
	n := 0
	var got error
	err = raw.Read(func(fd uintptr) bool {
		n, _, got = unix.Recvfrom(int(fd), buffer, unix.MSG_DONTWAIT)
		return got != unix.EAGAIN
	})
	if err == nil {
		err = got
	}
	return buffer[:max(n, 0)], err
}

// ends tells whether a dump's last message, NLMSG_DONE, is in the datagram.
func ends(datagram []byte) bool {
	for rest := datagram; len(rest) >= 16; rest = rest[size(rest):] {
		if binary.NativeEndian.Uint16(rest[4:]) == unix.NLMSG_DONE {
			return true
		}
	}
	return false
}

// bodies returns the attributes of each message of a dump.
func bodies(datagrams []byte) [][]byte {
	var all [][]byte
	for rest := datagrams; len(rest) >= 16; rest = rest[size(rest):] {
		if binary.NativeEndian.Uint16(rest[4:]) != unix.NLMSG_DONE {
			all = append(all, rest[16+4:binary.NativeEndian.Uint32(rest)])
		}
	}
	return all
}

func size(message []byte) int {
	return int(binary.NativeEndian.Uint32(message)+3) &^ 3
}
