package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	mangleTable = "mangle"

	// Socket options of ip_tables and ip6_tables alike, and what they fill:
	// struct ipt_getinfo, with the size of the rules as its last 32 bits, and
	// struct ipt_get_entries: the table's name, the size, and the rules after
	// a gap that puts them at a multiple of 8.
	soGetInfo     = 64 // IPT_SO_GET_INFO
	soGetEntries  = 65 // IPT_SO_GET_ENTRIES
	infoSize      = 84
	infoRules     = 80
	entriesSize   = 32
	entriesHeader = 40
)

// readLegacy notes what the tables mangle of iptables-legacy and
// ip6tables-legacy mark in the calling thread's network namespace.
func (m marks) readLegacy(proc string) error {
	for _, tables := range []struct {
		family Family
		list   string
	}{{IPv4, "ip_tables_names"}, {IPv6, "ip6_tables_names"}} {
		there, err := hasLegacyTable(filepath.Join(proc, "thread-self/net", tables.list))
		if err != nil {
			return err
		}
		if !there { // the kernel would make it, if asked for
			continue
		}
		rules, err := legacyRules(tables.family)
		if err != nil {
			return fmt.Errorf("read iptables's rules: %w", err)
		}
		if err := m.addLegacy(tables.family, rules); err != nil {
			return err
		}
	}
	return nil
}

// hasLegacyTable reports whether a list of tables, which is not there without
// the kernel's module, has mangle.
func hasLegacyTable(file string) (bool, error) {
	list, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return slices.Contains(strings.Fields(string(list)), mangleTable), err
}

// legacyRules returns the rules of the table mangle, which may change between
// the question for their size and that for themselves.
func legacyRules(f Family) ([]byte, error) {
	level := unix.SOL_IP
	if f == IPv6 {
		level = unix.SOL_IPV6
	}
	fd, err := unix.Socket(int(f), unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	const tries = 3
	for range tries {
		var rules []byte
		if rules, err = readTable(fd, level); !errors.Is(err, unix.EAGAIN) {
			return rules, err
		}
	}
	return nil, err
}

func readTable(fd, level int) ([]byte, error) {
	info := make([]byte, infoSize)
	copy(info, mangleTable)
	if err := getsockopt(fd, level, soGetInfo, info); err != nil {
		return nil, err
	}
	size := binary.NativeEndian.Uint32(info[infoRules:])
	entries := make([]byte, entriesHeader+size)
	copy(entries, mangleTable)
	binary.NativeEndian.PutUint32(entries[entriesSize:], size)
	err := getsockopt(fd, level, soGetEntries, entries)
	return entries[entriesHeader:], err
}

// getsockopt is getsockopt(2) for options that package unix has no function
// for. The buffer tells what is wanted, too.
func getsockopt(fd, level, option int, buffer []byte) error {
	length := uint32(len(buffer))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(option),
		uintptr(unsafe.Pointer(unsafe.SliceData(buffer))), uintptr(unsafe.Pointer(&length)), 0)
	if errno != 0 {
		return errno
	}
	return nil
}
