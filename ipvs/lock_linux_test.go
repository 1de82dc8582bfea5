package ipvs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestLock(t *testing.T) {
	name := fmt.Sprint("ipvs-lock-test-", os.Getpid())
	one, other := NewClient(Options{}), NewClient(Options{})
	held, err := one.Lock(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Lock(name); !errors.Is(err, ErrLocked) || err.Error() != "ipvs: take the lock "+name+": another process has the lock" {
		t.Errorf("the second: error %v", err)
	}
	elsewhere, err := other.Lock(name + "-other")
	if err != nil {
		t.Fatalf("another name: %v", err)
	}
	if err := errors.Join(elsewhere.Close(), held.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := other.Lock(name)
	if err != nil {
		t.Fatalf("once it is free: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestLockOfANamespaceThatIsGone(t *testing.T) {
	n, err := OpenNetns("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	n.Path = filepath.Join(t.TempDir(), "gone")
	if _, err := NewClient(Options{Netns: n}).Lock("nothing"); !errors.Is(err, ErrNoNetns) {
		t.Errorf("error %v", err)
	}
}
