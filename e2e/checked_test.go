//go:build lab

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checked is a service whose real servers keepalived checks by a script of the
// test's, with a tuner beside.
type checked struct {
	shared
	folder string
	*keepalived
}

// arrangeChecked has no keepalived and no tuner yet. Tests of it mostly wait, so
// they do that side by side.
func arrangeChecked(t *testing.T) *checked {
	t.Helper()
	t.Parallel()
	c := &checked{shared: shared{T: t, namespace: "checked-" + filepath.Base(t.Name())}, folder: t.TempDir()}
	addNetns(t, c.namespace)
	if err := os.WriteFile(c.script(), []byte("#!/bin/sh\nexit $(cat $0.$1)\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range sharedServers {
		c.tell(i+1, 0)
	}
	return c
}

func (c *checked) script() string { return filepath.Join(c.folder, "check") }

// tell has the check of a server end with a status: 0 is well, 1 is not, and
// with misc_dynamic a greater one is a weight and two.
func (c *checked) tell(server, status int) {
	c.Helper()
	file := fmt.Sprintf("%s.%d", c.script(), server)
	err := os.WriteFile(file+".new", fmt.Append(nil, status), 0o600)
	if err := errors.Join(err, os.Rename(file+".new", file)); err != nil {
		c.Fatal(err)
	}
}

// config is keepalived's, with options of the first server, of the check of each
// and the weights.
func (c *checked) config(first, check string, weights ...int) string {
	var b strings.Builder
	fmt.Fprint(&b, "global_defs {\n script_user root\n}\nvirtual_server 10.0.1.100 80 {\n delay_loop 1\n lvs_sched wrr\n lvs_method NAT\n protocol TCP\n")
	for i, weight := range weights {
		fmt.Fprintf(&b, " real_server 10.0.2.1%d 8080 {\n  weight %d\n  %s\n  MISC_CHECK {\n   misc_path \"%s %[1]d\"\n   misc_timeout 60\n   %[5]s\n  }\n }\n",
			i+1, weight, first, c.script(), check)
		first = ""
	}
	return b.String() + "}\n"
}

// check starts keepalived, and waits until it has made the table and checked all.
func (c *checked) check(config string) {
	c.Helper()
	c.keepalived = startKeepalived(c.T, c.namespace, "--check", config)
	c.other = c.keepalived.out
	c.keepalived.await(c.T, "succeeded", sharedServers)
}
