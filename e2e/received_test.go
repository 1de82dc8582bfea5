//go:build lab

package e2e

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// received is a real server's connection that tells when the server's kernel had
// what was read: a program is woken only later, which is not to seem the director's
// error.
type received struct {
	*net.TCPConn
	at time.Time // by the kernel, of the last bytes read
}

// stampReceipts has the kernel stamp what comes to a listener's connections.
func stampReceipts(_, _ string, listener syscall.RawConn) (err error) {
	errControl := listener.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
	if errControl != nil {
		return errControl
	}
	return err
}

// Read implements io.Reader.
func (r *received) Read(p []byte) (n int, err error) {
	raw, err := r.SyscallConn()
	if err != nil {
		return 0, err
	}
	var stamp []byte
	errRead := raw.Read(func(fd uintptr) bool {
		buffer, length := make([]byte, 64), 0
		n, length, _, _, err = unix.Recvmsg(int(fd), p, buffer, 0)
		stamp = buffer[:max(length, 0)]
		return err != unix.EAGAIN
	})
	if errRead != nil {
		return 0, errRead
	}
	if err != nil {
		return 0, err
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	r.at, err = stampOf(stamp)
	return n, err
}

func stampOf(control []byte) (time.Time, error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return time.Time{}, err
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) == 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:]))), nil
		}
	}
	return time.Time{}, fmt.Errorf("the kernel does not say when it had what was read: %d messages", len(messages))
}
