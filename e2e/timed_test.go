//go:build lab

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// timedServer answers HTTP with its name after a delay, and sums up how long its
// answers took it, from when its kernel had a request to just before the answer.
type timedServer struct {
	name  string
	delay time.Duration

	mu  sync.Mutex
	sum spent
}

// spent is what requests have taken a server, the longest of them, and how much
// passed until the program was awake.
type spent struct{ all, waking, longest time.Duration }

// start serves in the namespace of its name until the end of the test, or until
// stop is called.
func (s *timedServer) start(t *testing.T, address string) (stop func()) {
	t.Helper()
	return s.startWith(t, address, func(conn net.Conn) net.Conn { return conn })
}

// startWith serves what wrap makes of connections.
func (s *timedServer) startWith(t *testing.T, address string, wrap func(net.Conn) net.Conn) (stop func()) {
	t.Helper()
	_, stop = acceptIn(t, s.name, "tcp", address, func(conn *received) { s.serve(wrap(conn), conn) })
	t.Cleanup(stop)
	return stop
}

func (s *timedServer) serve(conn net.Conn, from *received) {
	defer conn.Close()
	requests := bufio.NewReader(conn)
	for {
		if _, err := requests.Peek(1); err != nil {
			return // the client has gone
		}
		waking := time.Since(from.at)
		if _, err := http.ReadRequest(requests); err != nil {
			return
		}
		time.Sleep(s.delay)
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(s.name), s.name)
		s.add(time.Since(from.at), waking)
		if _, err := io.WriteString(conn, answer); err != nil {
			return
		}
	}
}

func (s *timedServer) add(took, waking time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.all += took
	s.sum.waking += waking
	s.sum.longest = max(s.sum.longest, took)
}

// reset returns the sum since it was last called.
func (s *timedServer) reset() spent {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := s.sum
	s.sum = spent{}
	return sum
}

// converse asks n times over one connection, which it closes, and returns who
// answered, and how long a client waited.
func converse(namespace, address string, n int) (server string, seen told, err error) {
	conn, err := dial(namespace, "tcp", address)
	if err != nil {
		return "", told{}, err
	}
	defer conn.Close()
	return inquire(conn, n)
}

// inquire asks n times, and returns who answered, and how long a client waited.
func inquire(conn net.Conn, n int) (server string, seen told, err error) {
	_ = conn.SetDeadline(time.Now().Add(time.Duration(n) * patience))
	answers := bufio.NewReader(conn)
	for range n {
		begin := time.Now()
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			return "", told{}, err
		}
		if server, err = readAnswer(answers); err != nil {
			return "", told{}, err
		}
		took := time.Since(begin)
		seen.requests += took
		seen.longest = max(seen.longest, took)
	}
	return server, seen, nil
}

func readAnswer(from *bufio.Reader) (body string, err error) {
	answer, err := http.ReadResponse(from, nil)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var b strings.Builder
	_, err = io.Copy(&b, answer.Body)
	return b.String(), err
}
