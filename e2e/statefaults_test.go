//go:build lab

package e2e

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// unsavedStates has three tuners that are not to write while their states cannot be
// saved. The folder of the last one has its audit log too.
func unsavedStates(t *testing.T) []*enduring {
	t.Helper()
	run := func(format string, args ...any) func() {
		return func() { sh(t, fmt.Sprintf(format, args...)) }
	}
	full, readonly, replaced := arrangeEnduring(t, "full", 1), arrangeEnduring(t, "readonly", 1), arrangeEnduring(t, "replaced", 1)
	all := []*enduring{full, readonly, replaced}
	for _, e := range all[:2] {
		sh(t, "mount -t tmpfs -o size=1m none "+e.folder)
		t.Cleanup(func() { sh(t, "umount "+e.folder) })
	}
	full.faults = []fault{{
		name: "full", says: []string{"save the state"},
		begin: run("dd if=/dev/zero of=%s/full 2>/dev/null || true", full.folder), end: run("rm %s/full", full.folder),
	}}
	readonly.faults = []fault{{
		name: "read-only", says: []string{"save the state"},
		begin: run("mount -o remount,ro %s", readonly.folder), end: run("mount -o remount,rw %s", readonly.folder),
	}}
	file := replaced.folder + ".file"
	sh(t, "touch "+file)
	replaced.faults = []fault{{
		name: "a file in its place", says: []string{"save the state", "write the audit log"},
		begin: func() { exchange(t, replaced.folder, file) }, end: func() { exchange(t, replaced.folder, file) },
	}}
	full.tune(changing(t, full.namespace) + "audit_log: {file: " + t.TempDir() + "/audit.jsonl}\n")
	readonly.tune(changing(t, readonly.namespace) + "audit_log: {file: " + t.TempDir() + "/audit.jsonl}\n") // an open file keeps it writable
	replaced.tune(changing(t, replaced.namespace))
	return all
}

// exchange has two paths change places, so that neither is missing for a moment
// in which the tuner would make a folder there.
func exchange(t *testing.T, one, other string) {
	t.Helper()
	if err := unix.Renameat2(unix.AT_FDCWD, one, unix.AT_FDCWD, other, unix.RENAME_EXCHANGE); err != nil {
		t.Fatal(err)
	}
}

// expectFolder wants a folder that is deleted to be made again, with what was in it.
func (e *enduring) expectFolder() {
	e.Helper()
	sh(e.T, "rm -r "+e.folder)
	eventually(e.T, func() error {
		_, err := os.Stat(e.folder + "/state.json")
		if err == nil {
			_, err = os.Stat(e.folder + "/audit.jsonl")
		}
		return err
	})
}
