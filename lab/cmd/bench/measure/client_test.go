//go:build linux

package measure

import (
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serve returns the port of an exporter that compresses where it is asked to.
func serve(t *testing.T, status int, text string) int {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		if r.Header.Get("Accept-Encoding") == "gzip" {
			z := gzip.NewWriter(w)
			defer z.Close()
			fmt.Fprint(z, text)
			return
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().(*net.TCPAddr).Port
}

func TestScrape(t *testing.T) {
	body := strings.Repeat("ipvs_up 1\n", 100000)
	tests := []struct {
		name    string
		port    int
		headers string
		want    string // error; "": none
	}{
		{"nobody listens", 1, "", "connect to port 1: connection refused"},
		{"an error", serve(t, http.StatusInternalServerError, body), "", `answered "HTTP/1.1 500 "`},
		{"plain", serve(t, http.StatusOK, body), headers(CPU), ""},
		{"compressed", serve(t, http.StatusOK, body), headers(Gzip), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := scrape(tt.port, tt.headers)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCount(t *testing.T) {
	text := "# TYPE ipvs_up gauge\nipvs_up 1\nipvs_services 2\n"
	if series, size, err := count(serve(t, http.StatusOK, text)); series != 2 || size != float64(len(text)) || err != nil {
		t.Errorf("%v series in %v bytes, error %v, want 2 in %d", series, size, err, len(text))
	}
	if _, _, err := count(serve(t, http.StatusNotFound, "")); err == nil {
		t.Error("no error for an answer without metrics")
	}
}

func TestMallocs(t *testing.T) {
	if _, err := mallocs(serve(t, http.StatusOK, "ipvs_up 1\n")); err == nil {
		t.Error("no error where nothing is told")
	}
	text := "# TYPE go_memstats_mallocs_total counter\ngo_memstats_mallocs_total 1.2345e+06\nipvs_up 1\n"
	if got, err := mallocs(serve(t, http.StatusOK, text)); got != 1234500 || err != nil {
		t.Errorf("%v, error %v, want 1234500", got, err)
	}
}
