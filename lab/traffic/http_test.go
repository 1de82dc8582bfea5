package traffic

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// peer answers with who asks, as a server with a name of its own for each
// connection would.
func peer(w http.ResponseWriter, r *http.Request) {
	w.Write([]byte(r.RemoteAddr + "\n"))
}

func TestHTTPConnectsAnew(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(peer))
	defer server.Close()
	ask := HTTP(server.URL)
	peers := map[string]bool{}
	for range 3 {
		got, err := ask(t.Context())
		if err != nil || strings.ContainsAny(got, " \n") {
			t.Errorf("answer %q, error %v, want the body without white space", got, err)
		}
		peers[got] = true
	}
	if len(peers) != 3 {
		t.Errorf("%d connections for 3 requests", len(peers))
	}
}

func TestHTTPErrors(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	sick := httptest.NewServer(http.NotFoundHandler())
	defer sick.Close()
	tests := []struct{ name, url, want string }{
		{"no URL", "::", "missing protocol scheme"},
		{"nobody there", gone.URL, "connection refused"},
		{"not OK", sick.URL, "answered 404 Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := HTTP(tt.url)(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}
