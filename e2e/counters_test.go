//go:build lab

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Counters that ipvsadm -Z has set to zero count on from there, since a known
// time; those of a server that is deleted and added again go on where they
// were, as the kernel keeps them, since no known time.
func TestCountersReset(t *testing.T) {
	const service, server = "tcp/10.0.1.100:80", "10.0.2.11:9000"
	sh(t, "nat.sh 1")
	answer(t, "server1", "tcp", ":9000")
	ipvsadm(t, "director", `-A -t 10.0.1.100:80 -s rr
		-a -t 10.0.1.100:80 -r 10.0.2.11:9000 -m`)
	visit("client", "tcp", "10.0.1.100:80", 5)
	awaitCount(t, 5)
	e := startExporter(t, "director", "--web.created-timestamps")
	counters := []string{ofService("connections_total", service), ofServer("connections_total", service, server)}
	e.expectCounters(t, counters, 5, false)

	shIn(t, "director", "ipvsadm -Z")
	e.expectCounters(t, counters, 0, true)
	visit("client", "tcp", "10.0.1.100:80", 2)
	awaitCount(t, 2)
	e.expectCounters(t, counters, 2, true)

	hold(t, "client", "tcp", "10.0.1.100:80", 1) // or the kernel would forget the server
	awaitCount(t, 3)
	shIn(t, "director", "ipvsadm -d -t 10.0.1.100:80 -r 10.0.2.11:9000")
	if gone := counters[1]; e.all(t).text(gone) != "nothing" {
		t.Errorf("%s is still there", gone)
	}
	shIn(t, "director", "ipvsadm -a -t 10.0.1.100:80 -r 10.0.2.11:9000 -m")
	e.expectCounters(t, counters[:1], 3, true)
	e.expectCounters(t, counters[1:], 3, false)
}

// awaitCount waits for ipvsadm to have counted that many connections.
func awaitCount(t *testing.T, want int) {
	t.Helper()
	eventually(t, func() error {
		if got := connections(t, "10.0.1.100:80"); got != want {
			return fmt.Errorf("%d connections, want %d", got, want)
		}
		return nil
	})
}

// expectCounters wants the value now, and that since when they count is told
// or not.
func (e exporter) expectCounters(t *testing.T, counters []string, value float64, sinceKnown bool) {
	t.Helper()
	page := e.openMetrics(t)
	for _, counter := range counters {
		created := strings.Replace(counter, "_total{", "_created{", 1)
		if !strings.Contains(page, fmt.Sprintf("%s %.1f\n", counter, value)) || strings.Contains(page, created) != sinceKnown {
			t.Errorf("want %s %v, since when known: %t; got", counter, value, sinceKnown)
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, counter) || strings.HasPrefix(line, created) {
					t.Log(line)
				}
			}
		}
	}
}

func (e exporter) openMetrics(t *testing.T) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, exporterMetrics, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	answer, err := client(e.namespace).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
