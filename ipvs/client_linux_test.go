package ipvs

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestOverheadFactorCanBeGiven(t *testing.T) {
	for _, factor := range []uint32{256, 257} {
		c := NewClient(Options{Proc: "testdata/6.12/proc", Source: Procfs, OverheadFactor: factor})
		table, err := c.Table()
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Director.OverheadFactor; got != factor {
			t.Errorf("factor %d, want %d", got, factor)
		}
	}
}

func TestOpenNetns(t *testing.T) {
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "gone"): "no such file or directory",
		"testdata":                         "not a network namespace",
		"/proc/self/ns/mnt":                "not a network namespace",
	} {
		_, err := OpenNetns(path)
		if err == nil || !strings.HasSuffix(err.Error(), "network namespace "+path+": "+want) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	n, err := OpenNetns("/proc/self/ns/net")
	if err != nil || n.Name != "net" {
		t.Errorf("got %+v, %v", n, err)
	}
}

// A namespace's file that leads elsewhere by now is as good as gone.
func TestNetnsGone(t *testing.T) {
	n, err := OpenNetns("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	moved, gone := n, n
	moved.id.inode++
	gone.Path = filepath.Join(t.TempDir(), "gone")
	for _, netns := range []Netns{moved, gone} {
		_, err := NewClient(Options{Netns: netns}).Table()
		if !errors.Is(err, ErrNoNetns) {
			t.Errorf("error %v, want %v", err, ErrNoNetns)
		}
		// With a socket open it is not entered.
		if err := netns.check(); !errors.Is(err, ErrNoNetns) {
			t.Errorf("error %v, want %v", err, ErrNoNetns)
		}
	}
	if err := n.check(); err != nil {
		t.Errorf("of the same namespace: %v", err)
	}
}

func TestNamespacesPatterns(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct {
		pattern, want string
	}{
		{filepath.Join(folder, "["), "syntax error in pattern"},
		{filepath.Join(folder, "*"), ""},
		{"/proc/self/ns/net", ""}, // the process's own, once
		{"/proc/self/ns/*", ""},   // and what are no network namespaces
	} {
		n := NewNamespaces(Options{}, true, test.pattern)
		defer n.Close()
		clients, err := n.Clients()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.pattern, err, test.want)
		}
		if len(clients) != 1 || clients[0].Netns() != "" {
			t.Errorf("%s: %d clients", test.pattern, len(clients))
		}
		again, _ := n.Clients()
		if len(again) != 1 || again[0] != clients[0] {
			t.Errorf("%s: another client", test.pattern)
		}
	}
}
