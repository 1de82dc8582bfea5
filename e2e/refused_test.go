//go:build lab

package e2e

import (
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refused has a tuner that loses CAP_NET_ADMIN as it runs and gets it back. Only a
// process itself can give up a capability, so that the tuner is in this one.
func refused(t *testing.T) *enduring {
	t.Helper()
	e := arrangeEnduring(t, "refused", 2)
	e.tuneHere(changing(t, ""), itself)
	t.Cleanup(func() { keepNetAdmin(t, true) })
	e.faults = []fault{{
		name: "CAP_NET_ADMIN dropped", says: []string{"read the table"},
		begin: func() { keepNetAdmin(t, false) }, end: func() { keepNetAdmin(t, true) },
	}}
	return e
}

// expectOneRefusal wants one line in all, by which to mend it.
func (e *enduring) expectOneRefusal() {
	e.Helper()
	if text := e.out.String(); strings.Count(text, "CAP_NET_ADMIN") != 1 {
		e.Errorf("it said\n%s", text)
	}
}

// keepNetAdmin has all threads of this process do without CAP_NET_ADMIN, or use
// it again. Programs that they start have it all the same, as root's have.
func keepNetAdmin(t *testing.T, keep bool) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		t.Fatal(err)
	}
	if sets[0].Effective &^= 1 << unix.CAP_NET_ADMIN; keep {
		sets[0].Effective |= 1 << unix.CAP_NET_ADMIN
	}
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets[0])), 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}
