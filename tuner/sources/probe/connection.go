package probe

import (
	"bufio"
	"context"
	"io"
	"net"
	"time"
)

// mostAnswer is how many bytes of an answer are read; a longer body is as good.
const mostAnswer = 64 << 10

// connection is an open connection to a server, maybe with TLS.
type connection struct {
	net.Conn
	left   io.LimitedReader // of the answer
	reader *bufio.Reader    // of left
	reused bool
}

func newConnection(c net.Conn) *connection {
	k := &connection{Conn: c, left: io.LimitedReader{R: c}}
	k.reader = bufio.NewReaderSize(&k.left, 2048)
	return k
}

// bound has reads and writes end with the context. The function that it
// returns ends that, and reports whether the connection may still be used.
func (c *connection) bound(ctx context.Context) (release func() bool) {
	return context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
}

// drop closes the connection that is kept.
func (s *subject) drop() {
	if s.kept != nil {
		_ = s.kept.Close() // nothing is lost with it
		s.kept = nil
	}
}
