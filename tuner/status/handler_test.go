package status

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func options() Options {
	return Options{Version: "1.2.3", Links: []Link{{Path: "/plan", Text: "Plan"}, {Path: "/metrics", Text: "Metrics"}}}
}

// shown returns what a path shows a second after the last decision.
func shown(t *testing.T, b *Board, path string) []byte {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := template.New("page").Funcs(words).Parse(pageText)
	if err != nil {
		t.Fatal(err)
	}
	h := &handler{board: b, options: options(), pages: pages}
	show := map[string]view{"/": h.listPage, servicePath: h.detailPage, jsonPath: h.json}[u.Path]
	var body bytes.Buffer
	if _, err := show(&body, u.Query(), b.head(time.Time{}).Time.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

const crowdedService = "service=tcp/10.0.0.1:80"

func TestGolden(t *testing.T) {
	full, empty, dry := crowded(t), newScene(t), newScene(t)
	dry.dryRun = true
	dry.add("tcp/10.0.0.1:80", "wrr", nil, 10, 10)
	dry.seen[server(1, 0)], dry.seen[server(1, 1)] = seen{latency: 0.01}, seen{latency: 0.04}
	dry.periods(3)
	lost := crowded(t)
	lost.Tell(tuner.Report{Time: lost.now.Add(10 * time.Second), Interval: 10 * time.Second, Read: map[string]bool{"": false}, Listed: true, Failing: 2,
		Failures: []tuner.Failure{{What: "read the table", Error: "ipvs: not permitted: CAP_NET_ADMIN"}, {What: "read the source prom"}}})
	for _, test := range []struct {
		name  string
		board *Board
		path  string
	}{
		{"nothing.html", &empty.Board, "/"},
		{"nothing.json", &empty.Board, jsonPath},
		{"lost.html", &lost.Board, "/"},
		{"lost.json", &lost.Board, jsonPath + "?find=10.0.1.1"},
		{"dryrun.html", &dry.Board, servicePath + "?" + crowdedService},
		{"dryrun.json", &dry.Board, jsonPath + "?" + crowdedService},
		{"list.html", &full.Board, "/"},
		{"list.json", &full.Board, jsonPath},
		{"service.html", &full.Board, servicePath + "?" + crowdedService},
		{"service.json", &full.Board, jsonPath + "?" + crowdedService},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := shown(t, test.board, test.path)
			if strings.HasSuffix(test.name, ".json") {
				var indented bytes.Buffer
				if err := json.Indent(&indented, body, "", " "); err != nil {
					t.Fatal(err)
				}
				body = joinNumbers(indented.Bytes())
			}
			for _, unwanted := range []string{"ZgotmplZ", "NaN", "Inf", "http://", "https://", "<no value>"} {
				if bytes.Contains(body, []byte(unwanted)) {
					t.Errorf("%s is in it", unwanted)
				}
			}
			golden.Expect(t, test.name, body)
		})
	}
}

// joinNumbers has lists of numbers on one line.
func joinNumbers(text []byte) []byte {
	var b bytes.Buffer
	joined := false
	for line := range bytes.Lines(text) {
		word := bytes.TrimSpace(line)
		number := len(word) > 0 && (bytes.ContainsAny(word[:1], "0123456789-") || bytes.HasPrefix(word, []byte("null")))
		if number || joined {
			b.Truncate(len(bytes.TrimRight(b.Bytes(), "\n")))
			line = append(bytes.Clone(word), '\n')
		}
		joined = number
		b.Write(line)
	}
	return b.Bytes()
}

// asked returns the answer of a board's handler.
func asked(t *testing.T, b *Board, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := b.Handler(options())
	if err != nil {
		t.Fatal(err)
	}
	return askedOf(t, h, path, headers...)
}

func askedOf(t *testing.T, h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	s := crowded(t)
	for _, test := range []struct {
		name, path  string
		status      int
		contentType string
		has         string
	}{
		{"no number", "/?page=x", 400, htmlType, "page &#34;x&#34;: want a number from 1"},
		{"page 0", "/?page=0", 400, htmlType, "want a number from 1"},
		{"beyond the last page", "/?page=2", 404, htmlType, "there are not so many pages"},
		{"no such service", "/service?service=tcp/10.9.9.9:80", 404, htmlType, "no such virtual service is tuned"},
		{"none named", "/service", 404, htmlType, "no such virtual service is tuned"},
		{"no identity", "/service?service=<script>", 400, htmlType, "virtual service &#34;&lt;script&gt;&#34;"},
		{"another namespace", "/service?netns=blue&" + crowdedService, 404, htmlType, "no such virtual service is tuned"},
		{"no such service, JSON", "/api/v1/status?service=tcp/10.9.9.9:80", 404, "application/json", `{"error":"no such virtual service is tuned"}`},
		{"no such path", "/nonsense", 404, "text/plain; charset=utf-8", "404"},
		{"found by server", "/?find=10.0.5.2", 200, htmlType, "1 virtual service of 7, by the last decision"},
		{"found by code", "/?code=standby", 200, htmlType, "the address 10.0.0.4 is on no interface here"},
		{"nothing found", "/?find=<b>", 200, htmlType, "No virtual service is like that."},
		{"style", stylePath, 200, "text/css; charset=utf-8", "prefers-color-scheme"},
		{"script", scriptPath, 200, "text/javascript; charset=utf-8", "fetch"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := asked(t, &s.Board, test.path)
			if w.Code != test.status || w.Header().Get("Content-Type") != test.contentType || !strings.Contains(w.Body.String(), test.has) {
				t.Errorf("status %d, %s, want %d with %s in\n%s", w.Code, w.Header().Get("Content-Type"), test.status, test.has, w.Body)
			}
			if p := w.Header().Get("Content-Security-Policy"); test.path != "/nonsense" && p != policy {
				t.Errorf("policy %q", p)
			}
		})
	}
}

// A page that is asked for again is sent again once something was decided, and
// once the next decision is overdue.
func TestUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.add("tcp/10.0.0.1:80", "wrr", nil, 1, 1)
		s.now = time.Now()
		s.period()
		time.Sleep(s.config.Interval)
		h, err := s.Handler(options())
		if err != nil {
			t.Fatal(err)
		}
		tag := askedOf(t, h, "/").Header().Get("ETag")
		if w := askedOf(t, h, "/", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("the same: status %d", w.Code)
		}
		time.Sleep(2*s.config.Interval + overdue + time.Second)
		w := askedOf(t, h, "/", "If-None-Match", tag)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "overdue") {
			t.Errorf("overdue: status %d", w.Code)
		}
		s.now = time.Now()
		s.period()
		w = askedOf(t, h, "/", "If-None-Match", w.Header().Get("ETag"))
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "overdue") {
			t.Errorf("decided again: status %d", w.Code)
		}
		if w := askedOf(t, h, stylePath, "If-None-Match", askedOf(t, h, stylePath).Header().Get("ETag")); w.Code != http.StatusNotModified {
			t.Errorf("the style: status %d", w.Code)
		}
	})
}

// Many services are on many pages, of which each leads to the next.
func TestPages(t *testing.T) {
	var b Board
	r := tuner.Report{Time: time.Unix(1e9, 0), Interval: 10 * time.Second, Read: map[string]bool{"": true}, Listed: true}
	for i := range 2*servicesOnPage + 1 {
		r.Plan.Services = append(r.Plan.Services, tuner.ServicePlan{Service: ipvs.MarkService(ipvs.IPv4, uint32(i+1)), Code: tuner.CodeSettled,
			Servers: make([]tuner.ServerPlan, 2*serversOnPage)})
	}
	for i := range r.Plan.Services[0].Servers {
		r.Plan.Services[0].Servers[i].Server = server(1, i)
	}
	b.Tell(r)
	for path, want := range map[string][]string{
		"/":                             {`href="?page=2" rel="next"`, "Page 1 of 3", ">fwm/1<", ">fwm/50<"},
		"/?page=2&code=settled&find=fw": {`href="?code=settled&amp;find=fw" rel="prev"`, `href="?code=settled&amp;find=fw&amp;page=3" rel="next"`, ">fwm/51<"},
		"/?page=3":                      {"Page 3 of 3", ">fwm/101<", `href="?page=2" rel="prev"`},
		"/service?service=fwm/1":        {"Page 1 of 2", ">10.0.1.100:80<", `href="?page=2&amp;service=fwm%2F1" rel="next"`},
		"/service?service=fwm/1&page=2": {"Page 2 of 2", ">10.0.1.101:80<"},
	} {
		w := asked(t, &b, path)
		for _, text := range want {
			if !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: no %s in\n%s", path, text, w.Body)
			}
		}
	}
}
