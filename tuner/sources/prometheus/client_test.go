package prometheus

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
)

func TestNothingToAsk(t *testing.T) {
	server := &fakeServer{}
	if got, err := observe(t, queries(), server, nil); got != nil || err != nil || len(server.asked) > 0 {
		t.Errorf("got %v, error %v, asked %d times", got, err, len(server.asked))
	}
}

func TestServerThatDoesNotAnswer(t *testing.T) {
	gone := queries()
	gone.URL = "http://127.0.0.1:1"
	client, err := New(gone)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.Watch(twoServers())
	if got, err := client.Observe(t.Context(), now); got != nil || err == nil || !strings.Contains(err.Error(), "query latency: ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("nobody there: got %v, error %v", got, err)
	}
	hanging := queries()
	hanging.Timeout = 10 * time.Millisecond
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.FormValue("query") // only then does the server see the client go
		<-r.Context().Done()
	})
	if got, err := observe(t, hanging, hang, twoServers()); got != nil || err == nil || !strings.Contains(err.Error(), context.DeadlineExceeded.Error()) {
		t.Errorf("hanging: got %v, error %v", got, err)
	}
}

// TestClientConfiguration has servers that want to know who asks.
func TestClientConfiguration(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		http   func(*config.HTTPClientConfig)
		header string
		want   string
	}{
		{"nothing", func(*config.HTTPClientConfig) {}, "Authorization", ""},
		{"basic", func(c *config.HTTPClientConfig) {
			c.BasicAuth = &config.BasicAuth{Username: "u", Password: "p"}
		}, "Authorization", "Basic dTpw"},
		{"bearer", func(c *config.HTTPClientConfig) {
			c.Authorization = &config.Authorization{Type: "Bearer", Credentials: "secret"}
		}, "Authorization", "Bearer secret"},
		{"bearer from a file", func(c *config.HTTPClientConfig) {
			c.Authorization = &config.Authorization{Type: "Bearer", CredentialsFile: token}
		}, "Authorization", "Bearer from-file"},
		{"header", func(c *config.HTTPClientConfig) {
			c.HTTPHeaders = &config.Headers{Headers: map[string]config.Header{"X-Scope-Orgid": {Values: []string{"shop"}}}}
		}, "X-Scope-OrgID", "shop"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := queries()
			test.http(&c.HTTP)
			server := &fakeServer{answers: map[string]string{"L": vector(), "R": vector(), "E": vector()}}
			if _, err := observe(t, c, server, twoServers()); err != nil {
				t.Fatal(err)
			}
			if got := server.asked[0].Header.Get(test.header); got != test.want {
				t.Errorf("got %q", got)
			}
			if got := server.asked[0].Header.Get("User-Agent"); got != "weight-tuner" {
				t.Errorf("asked as %q", got)
			}
		})
	}
	refused := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	if _, err := observe(t, queries(), refused, twoServers()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("refused: error %v", err)
	}
	missing := queries()
	missing.HTTP.TLSConfig.CAFile = "/nonsense"
	if _, err := New(missing); err == nil {
		t.Error("a missing file is no error")
	}
}
