//go:build lab

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Commands of linux/ethtool.h.
const (
	setTSO = 0x1f
	setGSO = 0x24
	getGRO = 0x2b
	setGRO = 0x2c
)

// cutAndPutTogether has all hosts send packets no larger than the link bears, and
// put received ones together (GRO).
func cutAndPutTogether(t *testing.T) {
	t.Helper()
	for _, namespace := range strings.Fields(sh(t, "ip netns list | cut -d' ' -f1")) {
		for _, link := range strings.Fields(shIn(t, namespace, "ip -br link show type veth | sed 's/@.*//'")) {
			if err := inNetns(namespace, func() error { return offload(link) }); err != nil {
				t.Fatalf("%s: %s: %v", namespace, link, err)
			}
		}
	}
}

func offload(name string) error {
	for _, c := range []ethtool{{setTSO, 0}, {setGSO, 0}, {setGRO, 1}} {
		if err := c.do(name); err != nil {
			return err
		}
	}
	got := ethtool{command: getGRO}
	if err := got.do(name); err != nil {
		return err
	}
	if got.value != 1 {
		return fmt.Errorf("packets are not put together")
	}
	return nil
}

// ethtool is struct ethtool_value of linux/ethtool.h.
type ethtool struct{ command, value uint32 }

func (e *ethtool) do(name string) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request := struct { // struct ifreq
		name  [unix.IFNAMSIZ]byte
		value unsafe.Pointer
		rest  [16]byte
	}{value: unsafe.Pointer(e)}
	copy(request.name[:], name)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(socket), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return fmt.Errorf("ethtool %#x: %w", e.command, errno)
	}
	return nil
}
