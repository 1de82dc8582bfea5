package lab

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestModuleRoot(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "module "+modulePath+"\n\ngo 1.26.0\n", 0o644)
	write(t, filepath.Join(root, "sub/go.mod"), "module example.org/other\n", 0o644)
	write(t, filepath.Join(root, "sub/deep/file"), "", 0o644)
	tests := []struct{ name, from, want string }{
		{"outside", "/", ""},
		{"in the root", root, root},
		{"below another module", filepath.Join(root, "sub/deep"), root},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(tt.from)
			got, err := ModuleRoot()
			if got != tt.want || errors.Is(err, os.ErrNotExist) != (tt.want == "") {
				t.Errorf("root %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestCacheFolder(t *testing.T) {
	t.Setenv("LAB_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "/home/x/.cache")
	t.Chdir("/")
	if got, err := cacheFolder(); err != nil || got != "/home/x/.cache/ipvs-autopilot/lab" {
		t.Errorf("outside the source: %q, error %v", got, err)
	}
	t.Setenv("LAB_CACHE", "/var/cache/lab")
	if got, err := cacheFolder(); err != nil || got != "/var/cache/lab" {
		t.Errorf("with LAB_CACHE: %q, error %v", got, err)
	}
}

func TestLockFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache")
	unlock, err := lockFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	held := make(chan struct{})
	go func() {
		defer close(held)
		unlock, err := lockFolder(folder)
		if err != nil {
			t.Error(err)
			return
		}
		defer unlock()
		if _, err := os.Stat(filepath.Join(folder, "built")); err != nil {
			t.Error("the lock was given to two at once")
		}
	}()
	write(t, filepath.Join(folder, "built"), "", 0o644)
	unlock()
	<-held
}
