package names

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// engine serves the API of a swarm manager on a Unix socket; answers are by
// path without the query, the recorded ones where there is none. It returns
// its host.
func engine(t *testing.T, answers map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	for path, filters := range map[string]string{
		"/v1.44/networks": `{"scope":["swarm"]}`,
		"/v1.44/services": `{}`,
		"/v1.44/tasks":    `{"desired-state":["running"]}`,
	} {
		if answers[path] != nil {
			continue
		}
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if got := r.FormValue("filters"); got != filters {
				t.Errorf("%s: filters %s, want %s", path, got, filters)
			}
			http.ServeFile(w, r, filepath.Join("testdata/docker", filepath.Base(path)+".json"))
		})
	}
	if answers["/_ping"] == nil {
		mux.HandleFunc("GET /_ping", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", "1.44") })
	}
	for path, answer := range answers {
		mux.HandleFunc("GET "+path, answer)
	}
	return serve(t, mux)
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "engine") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "docker.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "unix://" + path
}

func answerWith(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestDockerHostMistakes(t *testing.T) {
	tests := []struct{ name, host string }{
		{"empty", ""},
		{"no scheme", "/run/docker.sock"},
		{"no path", "unix://"},
		{"relative path", "unix://run/docker.sock"},
		{"no port", "tcp://manager"},
		{"path after the port", "tcp://manager:2375/v1.44"},
		{"another scheme", "ssh://manager:22"},
		{"not a URL", "unix://%zz"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := newDocker(test.host)
			if err == nil || !strings.HasSuffix(err.Error(), ": want unix:///PATH or tcp://HOST:PORT") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDockerFaults(t *testing.T) {
	const notManager = `{"message":"This node is not a swarm manager."}`
	tests := []struct {
		name    string
		answers map[string]http.HandlerFunc
		want    string
	}{
		{"not a manager", map[string]http.HandlerFunc{"/v1.44/services": answerWith(503, notManager)},
			`list services: the engine answers "This node is not a swarm manager." (HTTP 503)`},
		{"no message", map[string]http.HandlerFunc{"/v1.44/tasks": answerWith(500, "oops")},
			"list tasks: HTTP status 500 Internal Server Error"},
		{"not JSON", map[string]http.HandlerFunc{"/v1.44/networks": answerWith(200, "<html>")},
			"list networks: invalid character '<' looking for beginning of value"},
		{"cut short", map[string]http.HandlerFunc{"/v1.44/networks": answerWith(200, `[{"Id":"a`)},
			"list networks: unexpected end of JSON input"},
		{"leads elsewhere", map[string]http.HandlerFunc{"/v1.44/networks": http.RedirectHandler("/v1.44/tasks", http.StatusFound).ServeHTTP},
			"list networks: HTTP status 302 Found"},
		{"not Docker", map[string]http.HandlerFunc{"/_ping": answerWith(200, "OK")},
			"what answers there names no version of the engine's API"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			host := engine(t, test.answers)
			_, err := readDocker(t, host)
			if want := "docker at " + host + ": " + test.want; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func readDocker(t *testing.T, host string) (*swarm, error) {
	t.Helper()
	d, err := newDocker(host)
	if err != nil {
		t.Fatal(err)
	}
	return d.read(t.Context())
}

func TestDockerTooLong(t *testing.T) {
	host := engine(t, map[string]http.HandlerFunc{"/v1.44/tasks": func(w http.ResponseWriter, _ *http.Request) {
		blanks := []byte(strings.Repeat(" ", 1<<20))
		for range dockerMax/len(blanks) + 1 {
			if _, err := w.Write(blanks); err != nil {
				return // the client has had enough
			}
		}
	}})
	_, err := readDocker(t, host)
	if err == nil || !strings.HasSuffix(err.Error(), "list tasks: the answer is over 67108864 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestDockerWithoutSocket(t *testing.T) {
	_, err := readDocker(t, "unix:///nowhere/docker.sock")
	want := "docker at unix:///nowhere/docker.sock: dial unix /nowhere/docker.sock: connect: no such file or directory"
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDockerStops(t *testing.T) {
	d, err := newDocker(engine(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDocker(t *testing.T) {
	got, err := readDocker(t, engine(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if want := readSwarm(t); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestDockerOverTCP(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: answerWith(503, `{"message":"busy"}`)}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	_, err = readDocker(t, "tcp://"+listener.Addr().String())
	if err == nil || !strings.HasSuffix(err.Error(), `the engine answers "busy" (HTTP 503)`) {
		t.Errorf("got %v", err)
	}
}
