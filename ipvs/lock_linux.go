package ipvs

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Lock takes a name in the client's network namespace, which one holder at a
// time can have: until the lock is closed, or its process ends however it may.
// It fails with [ErrLocked] where somebody has it. The name is that of an
// abstract unix socket (unix(7)): no file, so that it is of this director
// whatever is mounted where, and takes no privilege, so that anybody in the
// namespace can take it.
func (c *Client) Lock(name string) (io.Closer, error) {
	var lock *os.File
	err := c.netns.do(func() (err error) {
		lock, err = bindName(name)
		return err
	})
	if err != nil {
		return nil, &Error{Op: "take the lock " + name, Err: err}
	}
	return lock, nil
}

// bindName binds a socket that nobody can connect to.
func bindName(name string) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open a unix socket: %w", err)
	}
	err = unix.Bind(fd, &unix.SockaddrUnix{Name: "@" + name})
	if err != nil {
		_ = unix.Close(fd)
		if errors.Is(err, unix.EADDRINUSE) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("bind a unix socket: %w", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}
