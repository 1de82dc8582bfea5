//go:build lab

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// timedServer answers with its name after a delay, and sums up how long its
// answers took it.
type timedServer struct {
	name  string
	delay time.Duration

	mu  sync.Mutex
	sum time.Duration
}

// ServeHTTP implements http.Handler. The answer leaves after its return.
func (s *timedServer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	begin := time.Now()
	time.Sleep(s.delay)
	fmt.Fprint(w, s.name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum += time.Since(begin)
}

// reset returns the sum since it was last called.
func (s *timedServer) reset() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := s.sum
	s.sum = 0
	return sum
}

// converse asks n times over one connection, which it closes, and returns who
// answered, and how long a client waited.
func converse(namespace, address string, n int) (server string, seen told, err error) {
	begin := time.Now()
	conn, err := dial(namespace, "tcp", address)
	if err != nil {
		return "", told{}, err
	}
	defer conn.Close()
	seen.connecting = time.Since(begin)
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
		seen.requests += time.Since(begin)
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
