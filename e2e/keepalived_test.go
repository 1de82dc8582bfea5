//go:build lab

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// keepalived is one that runs in a network namespace.
type keepalived struct {
	folder string // has its configuration and its identifiers
	out    *output
	stop   func()
}

// startKeepalived has keepalived go by a configuration. It writes its identifier
// where nobody looks.
func startKeepalived(t *testing.T, namespace, flags, config string) *keepalived {
	t.Helper()
	k := &keepalived{folder: t.TempDir()}
	k.configure(t, config)
	command := fmt.Sprintf("keepalived --dont-fork --log-console %s --use-file=%s --pid=%s --checkers_pid=%[3]s.checkers --vrrp_pid=%[3]s.vrrp",
		flags, k.file(), k.pid())
	k.out, k.stop = launch(t, command, func(cmd *exec.Cmd) error { return inNetns(namespace, cmd.Start) })
	k.await(t, "Startup complete", 1)
	return k
}

func (k *keepalived) file() string { return filepath.Join(k.folder, "keepalived.conf") }

func (k *keepalived) pid() string { return filepath.Join(k.folder, "keepalived.pid") }

// found returns the beginning of a command that runs where the identifier is in
// the place where programs look for it.
func (k *keepalived) found(t *testing.T) string {
	t.Helper()
	script := filepath.Join(k.folder, "found")
	text := "#!/bin/sh -e\nmkdir -p /run/keepalived\nmount --bind " + k.folder + " /run/keepalived\nexec \"$@\"\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return "unshare --mount " + script + " "
}

func (k *keepalived) configure(t *testing.T, config string) {
	t.Helper()
	if err := os.WriteFile(k.file(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reload has it read its configuration again, and waits until it has.
func (k *keepalived) reload(t *testing.T) {
	t.Helper()
	before := k.said("Reload complete")
	sh(t, "kill -HUP $(cat "+k.pid()+")")
	k.await(t, "Reload complete", before+1)
}

func (k *keepalived) said(words string) int { return strings.Count(k.out.String(), words) }

// await waits until it has said something so many times.
func (k *keepalived) await(t *testing.T, words string, times int) {
	t.Helper()
	eventually(t, func() error {
		if k.said(words) < times {
			return errors.New("keepalived does not say " + words + ":\n" + k.out.String())
		}
		return nil
	})
}
