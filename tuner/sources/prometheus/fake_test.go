package prometheus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
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
