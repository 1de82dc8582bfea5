//go:build linux

package measure

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// batch is how many real servers are added by one call of the kernel.
const batch = 100

// fill makes the table: TCP services under wlc, ipvsadm's default, whose real
// servers have the weight 100. ipvsadm -R would take ten times as long.
func fill(family uint16, s Shape) error {
	if s.Namespaces == 0 {
		fd, err := quietSocket()
		if err != nil {
			return err
		}
		return fillOne(fd, family, s)
	}
	if err := addNamespaces(s.Namespaces); err != nil {
		return err
	}
	for n := range s.Namespaces {
		fd, err := socketIn("/run/netns/" + namespace(n))
		if err != nil {
			return err
		}
		if err := fillOne(fd, family, s); err != nil {
			return err
		}
	}
	return nil
}

// fillOne fills the table of the network namespace that a socket is of. Of what
// the kernel refuses it would hear nothing; the table is counted later.
func fillOne(fd int, family uint16, s Shape) error {
	defer unix.Close(fd)
	for i := range s.Services {
		key := serviceKey(i)
		b := appendMessage(nil, family, newService, 0, append(key, serviceSettings()...), nil)
		for j := range s.Servers {
			b = appendMessage(b, family, newServer, 0, key, appendAttribute(nil, attrServer|unix.NLA_F_NESTED, server(i*s.Servers+j)))
			if j%batch == batch-1 || j == s.Servers-1 {
				if err := send(fd, b); err != nil {
					return err
				}
				b = b[:0]
			}
		}
	}
	return nil
}

func serviceKey(i int) []byte {
	b := appendAttribute(nil, serviceFamily, binary.NativeEndian.AppendUint16(nil, unix.AF_INET))
	b = appendAttribute(b, serviceProtocol, binary.NativeEndian.AppendUint16(nil, unix.IPPROTO_TCP))
	b = appendAttribute(b, serviceAddress, address(10<<24|1<<16, i))
	b = appendAttribute(b, servicePort, binary.BigEndian.AppendUint16(nil, 80))
	return b[:len(b):len(b)]
}

func serviceSettings() []byte {
	b := appendAttribute(nil, serviceScheduler, []byte("wlc\x00"))
	b = appendAttribute(b, serviceFlags, make([]byte, 8))
	b = appendAttribute(b, serviceTimeout, make([]byte, 4))
	return appendAttribute(b, serviceNetmask, []byte{255, 255, 255, 255})
}

func server(i int) []byte {
	b := appendAttribute(nil, serverAddress, address(10<<24|64<<16, i))
	b = appendAttribute(b, serverPort, binary.BigEndian.AppendUint16(nil, 8080))
	b = appendAttribute(b, serverForward, make([]byte, 4)) // masquerading
	b = appendAttribute(b, serverWeight, binary.NativeEndian.AppendUint32(nil, 100))
	b = appendAttribute(b, serverUpper, make([]byte, 4))
	return appendAttribute(b, serverLower, make([]byte, 4))
}

func address(first uint32, i int) []byte {
	b := binary.BigEndian.AppendUint32(nil, first+uint32(i)+1)
	return append(b, make([]byte, 12)...)
}

func namespace(n int) string { return fmt.Sprintf("bench%04d", n) }

func addNamespaces(n int) error {
	var commands strings.Builder
	for i := range n {
		fmt.Fprintln(&commands, "netns add", namespace(i))
	}
	cmd := exec.Command("ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(commands.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("add network namespaces: %w\n%s", err, out)
	}
	return nil
}

// quietSocket opens a socket where it stops the kernel's estimators: their
// threads, one or more in each namespace, wake often, and interrupt what is
// measured.
func quietSocket() (int, error) {
	if err := os.WriteFile("/proc/sys/net/ipv4/vs/run_estimation", []byte("0"), 0o644); err != nil {
		return 0, fmt.Errorf("stop estimators: %w", err)
	}
	return socket()
}

// readySocket opens a socket where addresses have a kind: a namespace whose
// loopback interface was never up has no local routes, and its IPVS takes no real
// server (net/ipv4/fib_frontend.c:__inet_dev_addr_type).
func readySocket() (int, error) {
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("set lo up: %w\n%s", err, out)
	}
	return quietSocket()
}

// socketIn opens a socket in another network namespace.
func socketIn(file string) (fd int, err error) {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return 0, err
	}
	defer home.Close()
	away, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer away.Close()
	runtime.LockOSThread()
	if err := unix.Setns(int(away.Fd()), unix.CLONE_NEWNET); err != nil {
		return 0, fmt.Errorf("enter %s: %w", file, err)
	}
	fd, err = readySocket()
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		return 0, fmt.Errorf("leave %s: %w", file, err)
	}
	runtime.UnlockOSThread()
	return fd, err
}
