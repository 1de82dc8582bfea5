package ipvs

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// Netns is a network namespace, by the file that it is entered through. The
// zero Netns is the one that the process runs in.
type Netns struct {
	Name string // base name of the path: what the namespace is called
	Path string // as /run/docker/netns/ingress_sbox

	id netnsID
}

// netnsID tells namespaces apart that have several files, or whose file has
// been replaced.
type netnsID struct{ device, inode uint64 }

// OpenNetns returns the network namespace that path leads to.
func OpenNetns(path string) (Netns, error) {
	id, err := identifyNetns(path)
	if err != nil {
		return Netns{}, fmt.Errorf("ipvs: network namespace %s: %w", path, withoutPath(err))
	}
	return Netns{Name: filepath.Base(path), Path: path, id: id}, nil
}

// ownNetns is the file of the calling thread's network namespace. Threads
// are in the process's, but for those that a function has taken elsewhere.
const ownNetns = "/proc/thread-self/ns/net"

func identifyNetns(path string) (netnsID, error) {
	fd, err := openNetns(path)
	if err != nil {
		return netnsID{}, err
	}
	defer unix.Close(fd)
	if kind, err := unix.IoctlRetInt(fd, unix.NS_GET_NSTYPE); err != nil || kind != unix.CLONE_NEWNET {
		return netnsID{}, errors.New("not a network namespace")
	}
	return identifyFile(fd)
}

// openNetns does not wait for what is no namespace, such as a named pipe.
func openNetns(path string) (fd int, err error) {
	fd, err = unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return fd, nil
}

func identifyFile(fd int) (netnsID, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return netnsID{}, err
	}
	return netnsID{device: stat.Dev, inode: stat.Ino}, nil
}

// do calls use inside the namespace, which takes CAP_SYS_ADMIN: on a thread
// that runs nothing else meanwhile and is back afterwards. A thread that
// cannot come back ends.
func (n Netns) do(use func() error) error {
	if n == (Netns{}) {
		return use()
	}
	done := make(chan error, 1)
	go func() { done <- n.enter(use) }()
	return <-done
}

// enter runs on a goroutine of its own, for when the thread must end with it.
func (n Netns) enter(use func() error) error {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// /proc/self/net, which others may be reading, follows this thread.
		// While it waits here, another has to take the work.
		defer runtime.UnlockOSThread()
		return n.do(use)
	}
	back, err := n.enterLocked(use)
	if back {
		runtime.UnlockOSThread()
	}
	return err
}

func (n Netns) enterLocked(use func() error) (back bool, err error) {
	own, err := openNetns(ownNetns)
	if err != nil {
		return true, err
	}
	defer unix.Close(own)
	there, err := n.open()
	if err != nil {
		return true, err
	}
	defer unix.Close(there)
	if err := unix.Setns(there, unix.CLONE_NEWNET); err != nil {
		return true, fmt.Errorf("enter network namespace %s: %w", n.Path, enterCause(err))
	}
	err = use()
	return unix.Setns(own, unix.CLONE_NEWNET) == nil, err
}

// open opens the namespace's file, if it still leads to the same namespace.
func (n Netns) open() (fd int, err error) {
	fd, err = openNetns(n.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return -1, ErrNoNetns
	}
	if err != nil {
		return -1, err
	}
	if id, err := identifyFile(fd); err != nil || id != n.id {
		_ = unix.Close(fd)
		return -1, ErrNoNetns
	}
	return fd, nil
}

// check returns an error if the namespace's file does not lead to the same
// namespace any more.
func (n Netns) check() error {
	if n == (Netns{}) {
		return nil
	}
	var stat unix.Stat_t
	err := unix.Stat(n.Path, &stat)
	if errors.Is(err, fs.ErrNotExist) || err == nil && n.id != (netnsID{device: stat.Dev, inode: stat.Ino}) {
		return ErrNoNetns
	}
	return err
}

func enterCause(err error) error {
	if errors.Is(err, unix.EPERM) {
		return errors.New("not permitted: CAP_SYS_ADMIN is needed to enter it: run the program as root, or give it that capability")
	}
	return err
}

// withoutPath drops what the caller's message says already.
func withoutPath(err error) error {
	var onPath *fs.PathError
	if errors.As(err, &onPath) {
		return onPath.Err
	}
	return err
}
