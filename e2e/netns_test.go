//go:build lab

package e2e

import (
	"errors"
	"os"
	"path/filepath"
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

// addNetns makes network namespaces with these names, until the test ends.
func addNetns(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		sh(t, "ip netns add "+name)
		t.Cleanup(func() { sh(t, "ip netns del "+name) })
		sh(t, "ip -n "+name+" link set lo up")
	}
}

// inNetns runs do in a network namespace, where the sockets that it opens stay
// and the commands that it starts run. The namespace is one of ip's, or a file;
// "" is the tests' own.
func inNetns(namespace string, do func() error) error {
	if namespace == "" {
		return do()
	}
	ended := make(chan error)
	go func() { ended <- onThread(filepath.Join("/run/netns", namespace), do) }()
	return <-ended
}

// onThread leaves the thread locked, to end with the goroutine, if it cannot
// bring it back.
func onThread(file string, do func() error) error {
	runtime.LockOSThread()
	before, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer before.Close()
	if err := setNetns(file); err != nil {
		return err
	}
	err = do()
	if back := unix.Setns(int(before.Fd()), unix.CLONE_NEWNET); back != nil {
		return errors.Join(err, back)
	}
	runtime.UnlockOSThread()
	return err
}

func setNetns(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
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
	ipvsadm(t, "", script.String())
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
