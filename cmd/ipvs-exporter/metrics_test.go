package main

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// ask returns the answer to a request for metrics with these headers, each
// NAME: VALUE, and its text.
func ask(t *testing.T, h http.Handler, query string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics"+query, nil)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := w.Result()
	var body io.Reader = answer.Body
	if answer.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(body); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// What Prometheus asks for it gets, compressed as it wants.
func TestNegotiation(t *testing.T) {
	const (
		prometheus2 = "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
		protobuf    = "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.5"
		openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
		plain       = "text/plain; version=0.0.4; charset=utf-8"
	)
	tests := []struct {
		name    string
		headers []string
		kind    string // start of Content-Type
		gzip    bool
		end     string
	}{
		{"nothing asked for", nil, plain, false, "1\n"},
		{"anything", []string{"Accept: */*", "Accept-Encoding: identity"}, plain, false, "1\n"},
		{"Prometheus 2", []string{prometheus2, "Accept-Encoding: gzip"}, openMetrics, true, "1.0\n# EOF\n"},
		{"Prometheus 2, uncompressed", []string{prometheus2}, openMetrics, false, "1.0\n# EOF\n"},
		{"text, compressed", []string{"Accept: text/plain", "Accept-Encoding: deflate, gzip;q=1.0, *;q=0.5"}, plain, true, "1\n"},
		{"gzip unwanted", []string{"Accept-Encoding: gzip;q=0, br"}, plain, false, "1\n"},
		{"protobuf", []string{protobuf, "Accept-Encoding: gzip"}, "application/vnd.google.protobuf", true, ""},
	}
	h := newTestHandler(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, text := ask(t, h, "", test.headers...)
			if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, test.kind) {
				t.Errorf("content type %q, want %q", got, test.kind)
			}
			if got := answer.Header.Get("Content-Encoding") == "gzip"; got != test.gzip {
				t.Errorf("compressed %t", got)
			}
			if got := strings.Join(answer.Header.Values("Vary"), ","); !strings.Contains(got, "Accept") || !strings.Contains(got, "Accept-Encoding") {
				t.Errorf("varies with %q", got)
			}
			for _, want := range []string{"ipvs_up", "ipvs_server_weight", "go_goroutines"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %s", want)
				}
			}
			if !strings.HasSuffix(text, test.end) || strings.Count(text, "# EOF") > 1 {
				t.Errorf("it ends in %q", text[max(0, len(text)-40):])
			}
		})
	}
}

// Series may be chosen by name, as promhttp offers it.
func TestSeriesByName(t *testing.T) {
	_, text := ask(t, newTestHandler(t), "?"+url.Values{"name[]": {"ipvs_up", "go_goroutines"}}.Encode())
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "ipvs_up") && !strings.Contains(line, "go_goroutines") {
			t.Errorf("unasked: %s", line)
		}
	}
	if strings.Count(text, "\n") != 6 {
		t.Errorf("want two families of one series each:\n%s", text)
	}
}
