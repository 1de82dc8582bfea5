package prometheus

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

var (
	shop = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80"))
	mark = ipvs.MarkService(ipvs.IPv4, 258)
	now  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func target(service ipvs.ServiceID, address string) tuner.Target {
	return tuner.Target{Service: service, Server: ipvs.ServerID{AddrPort: netip.MustParseAddrPort(address)}}
}

// twoServers are those of shop that the tests watch.
func twoServers() []tuner.Target {
	return []tuner.Target{target(shop, "10.0.0.2:80"), target(shop, "10.0.0.3:80")}
}

// fakeServer answers queries as a Prometheus does, by their texts: with the data of a
// successful answer, or a whole answer where it begins with {"status".
type fakeServer struct {
	answers map[string]string
	asked   []*http.Request
}

// ServeHTTP implements http.Handler.
func (a *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.asked = append(a.asked, r)
	text, ok := a.answers[r.FormValue("query")]
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path != "/api/v1/query" || r.FormValue("time") != fmt.Sprint(now.Unix()):
		w.WriteHeader(http.StatusNotFound)
	case !ok:
		w.WriteHeader(http.StatusBadRequest)
		text = `{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error:\nunexpected <EOF>"}`
	case !strings.HasPrefix(text, `{"status"`):
		text = `{"status":"success","data":` + text + `}`
	}
	_, _ = fmt.Fprint(w, text)
}

// vector is the data of an instant vector: series given as "LABELS VALUE".
func vector(series ...string) string {
	result := []any{}
	for _, s := range series {
		labels, value, _ := strings.Cut(s, " ")
		metric := map[string]string{}
		for pair := range strings.SplitSeq(labels, ",") {
			name, text, _ := strings.Cut(pair, "=")
			metric[name] = text
		}
		result = append(result, map[string]any{"metric": metric, "value": []any{now.Unix(), value}})
	}
	data, err := json.Marshal(map[string]any{"resultType": "vector", "result": result})
	if err != nil {
		panic(err)
	}
	return string(data)
}

// queries has each query named as what it is for.
func queries() tuner.PrometheusServer {
	return tuner.PrometheusServer{
		Latency: "L", Requests: "R", Errors: "E", ServerLabel: "instance",
		Timeout: 10 * time.Second, HTTP: config.DefaultHTTPClientConfig,
	}
}

// observe asks a server once.
func observe(t *testing.T, c tuner.PrometheusServer, handler http.Handler, servers []tuner.Target) ([]tuner.Observation, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	c.URL = server.URL
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.Watch(servers)
	return client.Observe(t.Context(), now)
}

// told is what observations say, one a line.
func told(observations []tuner.Observation) string {
	number := func(name string, x *float64) string {
		if x == nil {
			return ""
		}
		return fmt.Sprintf(" %s %v", name, *x)
	}
	var text strings.Builder
	for _, o := range observations {
		fmt.Fprintf(&text, "%s%s%s%s\n", tuner.Target{Service: o.Service, Server: o.Server},
			number("latency", o.LatencySeconds), number("requests", o.RequestsPerSecond), number("errors", o.ErrorRatio))
	}
	return text.String()
}

func TestMistakes(t *testing.T) {
	const (
		both     = "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 10 errors 0.1\n10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2 requests 20 errors 0\n"
		second   = "10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2 requests 20 errors 0\n"
		noOne    = "10.0.0.2:80 in tcp/10.0.0.1:80 requests 10 errors 0.1\n" + second
		noRates  = "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5\n10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2\n"
		noErrors = "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 10\n"
		no       = "10.0.0.2:80 in tcp/10.0.0.1:80 requests 10 errors 0.1\n10.0.0.3:80 in tcp/10.0.0.1:80 requests 20 errors 0\n"
		idle     = "10.0.0.2:80 in tcp/10.0.0.1:80 requests 0\n"
	)
	histogram := `{"resultType":"vector","result":[{"metric":{"instance":"10.0.0.2:80"},"histogram":[1767323045,` +
		`{"count":"5","sum":"1.5","buckets":[[0,"0.1","0.2","5"]]}]}]}`
	tests := []struct {
		name         string
		query, reply string // in place of the good one
		want, wrong  string
	}{
		{"error of the API", "L", `{"status":"error","errorType":"execution","error":"query\ntimed out"}`, no, "query latency: execution: query timed out"},
		{"NaN with requests", "L", vector("instance=10.0.0.2:80 NaN", "instance=10.0.0.3:80 0.2"), noOne, "query latency: NaN of 10.0.0.2:80 in tcp/10.0.0.1:80 is no latency in seconds"},
		{"infinite", "L", vector("instance=10.0.0.2:80 +Inf", "instance=10.0.0.3:80 0.2"), noOne, "query latency: +Inf of 10.0.0.2:80 in tcp/10.0.0.1:80 is no latency in seconds"},
		{"negative", "L", vector("instance=10.0.0.2:80 -1", "instance=10.0.0.3:80 0.2"), noOne, "query latency: -1 of 10.0.0.2:80 in tcp/10.0.0.1:80 is no latency in seconds"},
		{"two series", "L", vector("instance=10.0.0.2:80,code=200 1", "instance=10.0.0.2:80,code=500 2", "instance=10.0.0.3:80 0.2"), noOne, "query latency: more than one series is of 10.0.0.2:80 in tcp/10.0.0.1:80; aggregate by (instance)"},
		{"three series", "L", vector("instance=10.0.0.2:80,code=200 1", "instance=10.0.0.2:80,code=500 2", "instance=10.0.0.2:80,code=302 2", "instance=10.0.0.3:80 0.2"), noOne, "query latency: more than one series is of 10.0.0.2:80 in tcp/10.0.0.1:80; aggregate by (instance) (and 1 more)"},
		{"native histogram", "L", histogram, no, "query latency: gives native histograms; histogram_avg or histogram_count makes numbers of them"},
		{"scalar", "L", `{"resultType":"scalar","result":[1767323045,"1"]}`, no, "query latency: gives a scalar; an instant vector is needed, a series for each real server"},
		{"string", "L", `{"resultType":"string","result":[1767323045,"a"]}`, no, `query latency: bad_response: unexpected value type "string"`},
		{"range vector", "L", `{"resultType":"matrix","result":[]}`, no, "query latency: gives a matrix; an instant vector is needed, a series for each real server"},
		{"other servers only", "L", vector("instance=10.0.0.9:80 1"), no, `query latency: no series is of a real server that is tuned; the label instance has "10.0.0.9:80", for one`},
		{"no such label", "L", vector("job=x 1"), no, `query latency: no series is of a real server that is tuned; the label instance has "", for one`},
		{"warning", "L", `{"status":"success","warnings":["a store is\n gone"],"data":` + vector("instance=10.0.0.2:80 0.5", "instance=10.0.0.3:80 0.2") + `}`, both, "query latency: warning: a store is gone"},
		{"requests negative", "R", vector("instance=10.0.0.2:80 -1", "instance=10.0.0.3:80 20"), "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5\n" + second, "query requests: -1 of 10.0.0.2:80 in tcp/10.0.0.1:80 is no number of requests per second"},
		{"requests unknown", "R", vector(), noRates, ""},
		{"errors infinite", "E", vector("instance=10.0.0.2:80 +Inf"), noErrors + second, "query errors: +Inf of 10.0.0.2:80 in tcp/10.0.0.1:80 is no number of errors per second"},
		{"more errors than requests", "E", vector("instance=10.0.0.2:80 12"), noErrors + second, "query errors: 12 per second of 10.0.0.2:80 in tcp/10.0.0.1:80 are more than its requests, 10"},
		{"no latency of others is no mistake", "L", vector("instance=10.0.0.2:80 0.5", "instance=10.0.0.3:80 0.2", "instance=10.0.0.9:80 7"), both, ""},
		{"idle", "R", vector("instance=10.0.0.2:80 0"), "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 0\n10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2\n", ""},
		{"all errors, and a rounding", "E", vector("instance=10.0.0.2:80 10.001"), strings.Replace(both, "errors 0.1", "errors 1", 1), ""},
		{"good", "E", vector("instance=10.0.0.2:80 1"), both, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := &fakeServer{answers: map[string]string{
				"L": vector("instance=10.0.0.2:80 0.5", "instance=10.0.0.3:80 0.2"),
				"R": vector("instance=10.0.0.2:80 10", "instance=10.0.0.3:80 20"),
				"E": vector("instance=10.0.0.2:80 1"),
			}}
			server.answers[test.query] = test.reply
			got, err := observe(t, queries(), server, twoServers())
			if told(got) != test.want {
				t.Errorf("got\n%swant\n%s", told(got), test.want)
			}
			if fmt.Sprint(err) != test.wrong && (err != nil || test.wrong != "") {
				t.Errorf("error %v, want %s", err, test.wrong)
			}
			for _, o := range got {
				if !o.Time.Equal(now) {
					t.Errorf("observation of %s", o.Time)
				}
			}
		})
	}
	// A rate of 0/0 is how an idle server looks.
	nothing := &fakeServer{answers: map[string]string{"L": vector("instance=10.0.0.2:80 NaN"), "R": vector("instance=10.0.0.2:80 0"), "E": vector()}}
	if got, err := observe(t, queries(), nothing, twoServers()); told(got) != idle || err != nil {
		t.Errorf("got %s, error %v", told(got), err)
	}
}

// TestErrorsThatAreUnknown has a query fail, after which no errors does not
// mean none.
func TestErrorsThatAreUnknown(t *testing.T) {
	server := &fakeServer{answers: map[string]string{"L": vector("instance=10.0.0.2:80 0.5"), "R": vector("instance=10.0.0.2:80 10")}}
	got, err := observe(t, queries(), server, twoServers())
	if want := "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 10\n"; told(got) != want {
		t.Errorf("got %s", told(got))
	}
	const want = `query errors: bad_data: invalid parameter "query": 1:5: parse error: unexpected <EOF>`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestMatching(t *testing.T) {
	six := target(shop, "[2001:db8::2]:80")
	twoPorts := append(twoServers(), target(shop, "10.0.0.2:8080"))
	tests := []struct {
		name         string
		serviceLabel string
		servers      []tuner.Target
		series       []string
		want, wrong  string
	}{
		{"address of two", "", twoPorts, []string{"instance=10.0.0.2 1"}, "",
			`query latency: instance "10.0.0.2" is both 10.0.0.2:80 and 10.0.0.2:8080 in tcp/10.0.0.1:80`},
		{"another port", "", twoServers(), []string{"instance=10.0.0.2:9100 1", "instance=10.0.0.3:80 2"}, "10.0.0.3:80 in tcp/10.0.0.1:80 latency 2\n", ""},
		{"a host name", "", twoServers(), []string{"instance=web-1:80 1", "instance=10.0.0.3:80 2"}, "10.0.0.3:80 in tcp/10.0.0.1:80 latency 2\n", ""},
		{"one of two by its port", "", twoPorts, []string{"instance=10.0.0.2:8080 1"}, "10.0.0.2:8080 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"address of one", "", twoServers(), []string{"instance=10.0.0.2 1"}, "10.0.0.2:80 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"IPv6", "", []tuner.Target{six}, []string{"instance=[2001:db8::2]:80 1"}, "[2001:db8::2]:80 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"IPv6 address alone", "", []tuner.Target{six}, []string{"instance=2001:db8::2 1"}, "[2001:db8::2]:80 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"a server without a port", "", []tuner.Target{target(mark, "10.0.0.2:0")}, []string{"instance=10.0.0.2:8080 1"}, "10.0.0.2:0 in fwm/258 latency 1\n", ""},
		{"in two services", "", []tuner.Target{target(shop, "10.0.0.2:80"), target(mark, "10.0.0.2:80")}, []string{"instance=10.0.0.2:80 1"},
			"10.0.0.2:80 in tcp/10.0.0.1:80 latency 1\n10.0.0.2:80 in fwm/258 latency 1\n", ""},
		{"by the service too", "service", []tuner.Target{target(shop, "10.0.0.2:80"), target(mark, "10.0.0.2:80")},
			[]string{"instance=10.0.0.2:80,service=fwm/258 1", "instance=10.0.0.2:80,service=tcp/10.0.0.9:80 2", "instance=10.0.0.2:80 3"},
			"10.0.0.2:80 in fwm/258 latency 1\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := queries()
			c.Requests, c.Errors, c.ServiceLabel = "", "", test.serviceLabel
			got, err := observe(t, c, &fakeServer{answers: map[string]string{"L": vector(test.series...)}}, test.servers)
			if told(got) != test.want {
				t.Errorf("got\n%swant\n%s", told(got), test.want)
			}
			if fmt.Sprint(err) != test.wrong && (err != nil || test.wrong != "") {
				t.Errorf("error %v, want %s", err, test.wrong)
			}
		})
	}
}

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
	for name, text := range map[string]string{"not JSON": "<html>", "endless": strings.Repeat(" ", mostAnswer+1)} {
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) })
		if got, err := observe(t, queries(), handler, twoServers()); got != nil || err == nil || len(err.Error()) > 500 {
			t.Errorf("%s: got %v, error %v", name, got, err)
		}
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
