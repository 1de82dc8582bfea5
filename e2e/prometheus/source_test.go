//go:build lab

package prometheus_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources/prometheus"
)

// TestSourceAsksPrometheus has a Prometheus scrape a server that answers 100
// requests a second in 50 ms each, a tenth of them with errors.
func TestSourceAsksPrometheus(t *testing.T) {
	began := time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests := 100 * time.Since(began).Seconds()
		_, _ = fmt.Fprintf(w, "http_seconds_count %f\nhttp_seconds_sum %f\nhttp_errors_total %f\n", requests, 0.05*requests, 0.1*requests)
	}))
	defer server.Close()
	address := server.Listener.Addr().String()
	asked := tuner.PrometheusServer{
		URL:         "http://" + startPrometheus(t, unpackPrometheus(t), address),
		Latency:     `rate(http_seconds_sum[5s]) / rate(http_seconds_count[5s])`,
		Requests:    `rate(http_seconds_count[5s])`,
		Errors:      `rate(http_errors_total[5s])`,
		ServerLabel: "instance", Timeout: time.Second, HTTP: config.DefaultHTTPClientConfig,
	}
	target := tuner.Target{
		Service: ipvs.MarkService(ipvs.IPv4, 1),
		Server:  ipvs.ServerID{AddrPort: netip.MustParseAddrPort(address)},
	}
	ask := func() ([]tuner.Observation, error) {
		client, err := prometheus.New(asked)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		client.Watch([]tuner.Target{target})
		return client.Observe(t.Context(), time.Now())
	}
	eventually(t, func() error {
		got, err := ask()
		if err != nil || len(got) != 1 || got[0].ErrorRatio == nil || got[0].LatencySeconds == nil {
			return fmt.Errorf("%v, error %w", got, err)
		}
		o := got[0]
		if off(*o.LatencySeconds, 0.05) || off(*o.RequestsPerSecond, 100) || off(*o.ErrorRatio, 0.1) {
			return fmt.Errorf("latency %v, requests %v, errors %v", *o.LatencySeconds, *o.RequestsPerSecond, *o.ErrorRatio)
		}
		return nil
	})
	for query, want := range map[string]string{
		`1`:                     "gives a scalar",
		`http_seconds_sum[5s]`:  "gives a matrix",
		`rate(http_seconds_sum`: "bad_data: invalid parameter",
		`up{job="ipvs"} / 0`:    "+Inf of ",
	} {
		asked.Latency = query
		if _, err := ask(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q in it", query, err, want)
		}
	}
}

// off reports whether a number is more than a tenth off.
func off(got, want float64) bool { return math.Abs(got-want) > want/10 }
