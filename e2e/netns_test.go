//go:build lab

package e2e

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// enterNetns puts the calling test, and what it executes, into a network
// namespace of its own until it ends, with 127.0.0.1: IPVS takes no IPv4 real
// server where there are no local addresses.
func enterNetns(t testing.TB) {
	t.Helper()
	runtime.LockOSThread()
	before, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("new network namespace: %v", err)
	}
	t.Cleanup(func() {
		defer before.Close()
		if err := unix.Setns(int(before.Fd()), unix.CLONE_NEWNET); err != nil {
			t.Errorf("leave the network namespace: %v", err)
			return // still locked, the thread ends with the test
		}
		runtime.UnlockOSThread()
	})
	sh(t, "ip link set lo up")
}

// restore has ipvsadm make a table that has the given services, their
// servers added in order.
func restore(t testing.TB, services []ipvs.VirtualService) {
	t.Helper()
	restoreTable(t, ipvstestTable(services))
}

// restoreTable has ipvsadm add what is in a table.
func restoreTable(t testing.TB, table *ipvs.Table) {
	t.Helper()
	var script strings.Builder
	if err := table.Save(&script); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ipvsadm", "-R")
	cmd.Stdin = strings.NewReader(script.String())
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 { // its status alone does not tell
		t.Fatalf("ipvsadm -R: %v\n%s\n%s", err, out, script.String())
	}
}

// dropNetAdmin takes CAP_NET_ADMIN from the calling test's thread until the
// test ends.
func dropNetAdmin(t *testing.T) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		t.Fatal(err)
	}
	set := func(effective uint32) {
		sets[0].Effective = effective
		if err := unix.Capset(&header, &sets[0]); err != nil {
			t.Fatal(err)
		}
	}
	had := sets[0].Effective
	t.Cleanup(func() { set(had) })
	set(had &^ (1 << unix.CAP_NET_ADMIN))
}
