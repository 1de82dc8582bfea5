//go:build lab

package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// A dump of many datagrams waits for its reader, so that the smallest buffer
// that there can be does for a large table.
func TestDumpFitsSmallestBuffer(t *testing.T) {
	arrangeLarge(t)
	const file = "/proc/sys/net/core/rmem_default"
	before := strings.TrimSpace(sh(t, "nsenter -t 1 -n cat "+file))
	t.Cleanup(func() { sh(t, "nsenter -t 1 -n sh -c 'echo "+before+" >"+file+"'") })
	sh(t, "nsenter -t 1 -n sh -c 'echo 2304 >"+file+"'")
	c := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink})
	defer c.Close()
	table, err := c.Table()
	if err != nil || len(table.Services) != largeServices || len(largest(table).Servers) != largeServers {
		t.Fatalf("%v, read %d services", err, len(table.Services))
	}
	size, err := unix.GetsockoptInt(netlinkSocket(t).fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil || size > 4096 {
		t.Errorf("the buffer is of %d bytes: %v", size, err)
	}
}

// Answers that nobody waited for, before a command or within the answer to it, overrun
// the socket: that costs it and another try, and no part of the answer.
func TestOverrun(t *testing.T) {
	arrangeLarge(t)
	c := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink})
	defer c.Close()
	want, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	large, weight := largest(want), uint32(1)
	for name, do := range map[string]func() (got any, whole bool, err error){
		"table": func() (any, bool, error) {
			got, err := c.Table()
			return got, err == nil && reflect.DeepEqual(got.Services, want.Services), err
		},
		"servers": func() (any, bool, error) {
			got, err := c.Servers(large.ID)
			return got, reflect.DeepEqual(got, large.Servers), err
		},
		"edit": func() (any, bool, error) {
			weight++
			var edits []ipvs.ServerEdit
			for i := range 30 {
				s := &large.Servers[i]
				s.Weight = weight
				edits = append(edits, ipvs.ServerEdit{Server: s.ID, Edit: ipvs.Edit{Weight: &weight}})
			}
			for _, r := range c.EditServers(large.ID, edits) {
				if r.Err != nil {
					return r, false, r.Err
				}
			}
			got, err := c.Servers(large.ID)
			return got, reflect.DeepEqual(got, large.Servers), err
		},
	} {
		const rounds = 4
		anew := 0
		for range rounds {
			before := netlinkSocket(t)
			stop := before.flood(t)
			got, whole, err := do()
			stop()
			if err != nil || !whole {
				t.Fatalf("%s: %v, got %+v", name, err, got)
			}
			if netlinkSocket(t).inode != before.inode {
				anew++
			}
		}
		t.Logf("%s: %d of %d times over another socket", name, anew, rounds)
		if anew == 0 {
			t.Errorf("%s: the socket was never overrun", name)
		}
	}
}

const (
	largeServices = 150
	largeServers  = 500 // of one of the services
)

// arrangeLarge has a table whose dumps take many datagrams.
func arrangeLarge(t *testing.T) {
	t.Helper()
	enterNetns(t)
	var table bytes.Buffer
	fmt.Fprintln(&table, "-A -f 1 -s wrr")
	for i := range largeServers {
		fmt.Fprintf(&table, "-a -f 1 -m -r 10.2.%d.%d\n", i/250, 1+i%250)
	}
	for i := 2; i <= largeServices; i++ {
		fmt.Fprintf(&table, "-A -f %d -s wrr\n", i)
	}
	ipvsadm(t, "", table.String())
}

func largest(t *ipvs.Table) *ipvs.VirtualService {
	i := slices.IndexFunc(t.Services, func(s ipvs.VirtualService) bool { return len(s.Servers) > 0 })
	return &t.Services[i]
}

// openSocket is a file of this process.
type openSocket struct {
	fd    int
	inode string
}

// netlinkSocket returns the only generic netlink socket of this process.
func netlinkSocket(t *testing.T) openSocket {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		fd, _ := strconv.Atoi(entry.Name())
		inode, _ := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		if protocol, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL); err != nil || protocol != unix.NETLINK_GENERIC {
			continue
		}
		if _, ok := sockname(fd).(*unix.SockaddrNetlink); ok {
			return openSocket{fd, inode}
		}
	}
	t.Fatal("no netlink socket is open")
	return openSocket{}
}

func sockname(fd int) unix.Sockaddr {
	name, _ := unix.Getsockname(fd)
	return name
}

// flood has a socket's buffer be as small as there is, and asks the kernel
// for answers that nobody waits for until stop is called.
func (s openSocket) flood(t *testing.T) (stop func()) {
	t.Helper()
	fd, err := unix.Dup(s.fd) // it may be closed meanwhile, and its number be another's
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	request := unfamiliarRequest()
	ask := func() { _, _ = unix.Write(fd, request) }
	for range 10 {
		ask()
	}
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stopped:
				return
			default:
				ask()
			}
		}
	}()
	return func() {
		close(stopped)
		<-ended
		_ = unix.Close(fd)
	}
}

// unfamiliarRequest asks the family of families for itself, by a number that no
// answer is awaited of.
func unfamiliarRequest() []byte {
	const getFamily, version, name = 3, 2, 2
	b := binary.NativeEndian.AppendUint32(nil, 16+4+12)
	b = binary.NativeEndian.AppendUint16(b, unix.GENL_ID_CTRL)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST)
	b = binary.NativeEndian.AppendUint32(b, 1<<31)
	b = binary.NativeEndian.AppendUint32(b, 0)
	b = append(b, getFamily, version, 0, 0)
	b = binary.NativeEndian.AppendUint16(b, 4+7)
	b = binary.NativeEndian.AppendUint16(b, name)
	return append(b, "nlctrl\x00\x00"...)
}
