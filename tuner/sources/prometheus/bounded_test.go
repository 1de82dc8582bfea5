package prometheus

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
)

// page answers everything with this.
func page(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// long answers with that many bytes, 0 being no end, and adds what was sent.
func long(most int, sent *int) http.HandlerFunc {
	blanks := bytes.Repeat([]byte(" "), 1<<16)
	return func(w http.ResponseWriter, _ *http.Request) {
		for n := 0; most == 0 || n < most; {
			written, err := w.Write(blanks)
			n, *sent = n+written, *sent+written
			if err != nil {
				return
			}
		}
	}
}

// dripping sends a beginning, and then nothing.
func dripping(w http.ResponseWriter, r *http.Request) {
	_ = r.FormValue("query") // only then does the server see the client go
	_, _ = io.WriteString(w, `{"status":`)
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// packed is an answer that unpacks to much more.
func packed(t *testing.T) http.HandlerFunc {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(b.Bytes())
	}
}

// endlessHead sends headers until nobody reads them.
func endlessHead(w http.ResponseWriter, _ *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
	for n := 0; err == nil; n++ {
		_, err = fmt.Fprintf(c, "X-%d: %s\r\n", n, strings.Repeat("x", 1<<16))
	}
}

// Whatever a Prometheus answers, what is read of it is bounded, and so is what is
// said of it, in one line.
func TestAnswersOfNoUse(t *testing.T) {
	const tooMuch = "query latency: the answer is over 16777216 bytes"
	var sent int
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		timeout time.Duration // 0 is a minute
		want    string        // in the error
	}{
		{"50 MB", long(50<<20, &sent), 0, tooMuch},
		{"endless", long(0, &sent), 0, tooMuch},
		{"endless head", endlessHead, 0, "server response headers exceeded"},
		{"packed, which nobody asked for", packed(t), 0, "query latency: bad_response"},
		{"slow", dripping, 20 * time.Millisecond, context.DeadlineExceeded.Error()},
		{"an HTML page", page(200, "<html>welcome</html>"), 0, "query latency: "},
		{"an HTML page of an error", page(502, "<html>\nBad Gateway\n</html>"), 0, "502"},
		{"nothing", page(200, ""), 0, "query latency: "},
		{"not JSON", page(200, "\x00\xff{"), 0, "query latency: "},
		{"deep", page(200, strings.Repeat(`{"data":[`, 1<<14)), 0, "query latency: "},
		{"deep in the data", page(200, `{"status":"success","data":{"resultType":"vector","result":`+strings.Repeat("[", 1<<16)), 0, "query latency: "},
		{"a long error", page(400, `{"status":"error","errorType":"bad_data","error":"`+strings.Repeat("no ", 1<<16)+`"}`), 0, "query latency: bad_data: no no no"},
		{"a long warning", page(200, `{"status":"success","warnings":["`+strings.Repeat("no ", 1<<16)+`"],"data":`+vector()+`}`), 0, "query latency: warning: no no no"},
		{"a long label", page(200, `{"status":"success","data":`+vector("instance="+strings.Repeat("x", 1<<16)+" 1")+`}`), 0, "no series is of a real server"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := queries()
			c.Requests, c.Errors, c.Timeout = "", "", max(test.timeout, 0)
			if test.timeout == 0 {
				c.Timeout = time.Minute
			}
			sent = 0
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, err := observe(t, c, test.answer, twoServers())
			runtime.ReadMemStats(&after)
			if got != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, error %v, want %s", got, err, test.want)
			}
			if text := err.Error(); len(text) > 600 || strings.Contains(text, "\n") {
				t.Errorf("%d bytes of error: %.1000q", len(text), text)
			}
			if most := mostAnswer + 8<<20; sent > most { // sockets hold some megabytes
				t.Errorf("%d bytes could be sent, want %d", sent, most)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 12*mostAnswer {
				t.Errorf("%d MB were made of it", made>>20)
			}
		})
	}
}

// The most that is read is read whole.
func TestLongestAnswer(t *testing.T) {
	text := `{"status":"success","data":` + vector("instance=10.0.0.2:80 1") + `}`
	text += strings.Repeat(" ", mostAnswer-len(text))
	c := queries()
	c.Requests, c.Errors, c.Timeout = "", "", time.Minute
	if got, err := observe(t, c, page(200, text), twoServers()); len(got) != 1 || err != nil {
		t.Errorf("got %v, error %v", got, err)
	}
}

// Redirects are followed unless they are not to be; nowhere else does a password
// go with them.
func TestRedirects(t *testing.T) {
	var authorization []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = append(authorization, r.Header.Get("Authorization"))
		page(200, `{"status":"success","data":`+vector("instance=10.0.0.2:80 1")+`}`)(w, r)
	}))
	defer other.Close()
	there := http.RedirectHandler(strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+"/api/v1/query", http.StatusFound)
	for follow, want := range map[bool]int{false: 0, true: 1} {
		authorization = nil
		c := queries()
		c.Requests, c.Errors, c.HTTP.FollowRedirects = "", "", follow
		c.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: "secret"}
		if got, err := observe(t, c, there, twoServers()); len(got) != want || (err == nil) != follow {
			t.Errorf("to be followed %t: got %v, error %v", follow, got, err)
		}
		if len(authorization) != want || follow && authorization[0] != "" {
			t.Errorf("to be followed %t: another server is told %q", follow, authorization)
		}
	}
}
