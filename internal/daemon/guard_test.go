package daemon

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener of connections in memory.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
func (p *pipes) Close() error   { close(p.closed); return nil }

// connected calls test with a connection to a server of the handler, in a
// bubble.
func connected(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, c net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{make(chan net.Conn), make(chan struct{})}
		server := newServer(handler)
		go func() { _ = server.Serve(l) }()
		defer server.Close()
		here, there := net.Pipe()
		defer here.Close()
		l.accepted <- there
		test(t, here)
	})
}

// write has the server read a text.
func write(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// read reads an answer's head and body.
func read(t *testing.T, c net.Conn) (status int, body string) {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

const request = "GET / HTTP/1.1\r\nHost: x\r\n"

func fine(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }

// Clients that hold a connection lose it, however they do that.
func TestConnectionsEnd(t *testing.T) {
	tests := []struct {
		name  string
		drive func(t *testing.T, c net.Conn) // until the connection ends
		want  time.Duration
	}{
		{"says nothing", func(*testing.T, net.Conn) {}, readTimeout},
		{"a header after the other", func(t *testing.T, c net.Conn) {
			write(t, c, request)
			for {
				time.Sleep(900 * time.Millisecond)
				if _, err := io.WriteString(c, "X: 1\r\n"); err != nil {
					return
				}
			}
		}, readTimeout},
		{"a body that does not come", func(t *testing.T, c net.Conn) {
			write(t, c, request+"Content-Length: 9\r\n\r\n")
		}, readTimeout},
		{"idle", func(t *testing.T, c net.Conn) {
			write(t, c, request+"\r\n")
			if status, body := read(t, c); status != http.StatusOK || body != "fine" {
				t.Errorf("answer %d %q", status, body)
			}
		}, idleTimeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			connected(t, fine, func(t *testing.T, c net.Conn) {
				start := time.Now()
				test.drive(t, c)
				if _, err := io.Copy(io.Discard, c); err != nil && !errors.Is(err, io.ErrClosedPipe) {
					t.Error(err)
				}
				if got := time.Since(start); got.Truncate(time.Second) != test.want {
					t.Errorf("ended after %s, want %s", got, test.want)
				}
			})
		})
	}
}

// A client that does not read holds no place for ever.
func TestUnreadAnswer(t *testing.T) {
	var took time.Duration
	endless := func(w http.ResponseWriter, _ *http.Request) {
		start := time.Now()
		for {
			if _, err := w.Write(make([]byte, 1<<12)); err != nil {
				took = time.Since(start)
				return
			}
		}
	}
	connected(t, endless, func(t *testing.T, c net.Conn) {
		write(t, c, request+"\r\n")
		time.Sleep(2 * writeTimeout)
		synctest.Wait()
		if took != writeTimeout {
			t.Errorf("written for %s, want %s", took, writeTimeout)
		}
	})
}

// What takes long to read from the kernel, and then to send, arrives whole, and
// its context lasts as long.
func TestSlowAnswer(t *testing.T) {
	const size, step = 1 << 19, 1 << 12 // so 128 seconds
	slow := func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
			_, _ = w.Write(make([]byte, size))
		}
	}
	connected(t, slow, func(t *testing.T, c net.Conn) {
		write(t, c, request+"\r\n")
		if status, body := read(t, slowly{c, step}); status != http.StatusOK || len(body) != size {
			t.Errorf("status %d, %d bytes", status, len(body))
		}
	})
}

// slowly reads some bytes a second.
type slowly struct {
	net.Conn
	step int
}

func (s slowly) Read(b []byte) (int, error) {
	time.Sleep(time.Second)
	return io.ReadFull(s.Conn, b[:min(len(b), s.step)])
}

func TestLongHeader(t *testing.T) {
	connected(t, fine, func(t *testing.T, c net.Conn) {
		go func() { _, _ = io.WriteString(c, request+"X: "+strings.Repeat("x", 2*maxHeaderBytes)+"\r\n\r\n") }()
		if status, _ := read(t, c); status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", status)
		}
	})
}

func TestMethods(t *testing.T) {
	handler := newServer(http.HandlerFunc(fine)).Handler
	for method, want := range map[string]int{
		http.MethodPost: http.StatusMethodNotAllowed, http.MethodPut: http.StatusMethodNotAllowed,
		http.MethodDelete: http.StatusMethodNotAllowed, http.MethodOptions: http.StatusMethodNotAllowed, "NONSENSE": http.StatusMethodNotAllowed,
		http.MethodGet: http.StatusOK, http.MethodHead: http.StatusOK,
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/", nil))
		if w.Code != want || (want != http.StatusOK) != (w.Header().Get("Allow") == "GET, HEAD") {
			t.Errorf("%s: status %d, %v", method, w.Code, w.Header())
		}
	}
}

// As many requests as there are places wait for their answer; one more is
// refused, and has a place when they have theirs.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		handler := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release; fine(w, r) })).Handler
		ask := func() int {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
			return w.Code
		}
		statuses := make(chan int, maxRequests)
		for range maxRequests {
			go func() { statuses <- ask() }()
		}
		synctest.Wait()
		if status := ask(); status != http.StatusServiceUnavailable {
			t.Errorf("one more has status %d", status)
		}
		close(release)
		for range maxRequests {
			if status := <-statuses; status != http.StatusOK {
				t.Errorf("status %d", status)
			}
		}
		if status := ask(); status != http.StatusOK {
			t.Errorf("afterwards: status %d", status)
		}
	})
}
