//go:build lab

package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	exporterMetrics = "http://127.0.0.1:9975/metrics"
	tunerMetrics    = "http://127.0.0.1:9976/metrics"
)

// samples are values by series, as a program exports them or as it should.
type samples map[string]float64

// series spells a metric with the labels name, value, name, value, ... and
// that of the program's own network namespace, sorted as Prometheus's library
// writes them.
func series(name string, labels ...string) string {
	pairs := []string{`netns=""`}
	for i := 0; i < len(labels); i += 2 {
		pairs = append(pairs, labels[i]+`="`+labels[i+1]+`"`)
	}
	slices.Sort(pairs)
	return name + "{" + strings.Join(pairs, ",") + "}"
}

// ofService and ofServer spell the metrics ipvs_service_NAME and
// ipvs_server_NAME.
func ofService(name, service string) string {
	return series("ipvs_service_"+name, "service", service)
}

func ofServer(name, service, server string) string {
	return series("ipvs_server_"+name, "service", service, "server", server)
}

// inState spells the number of a service's real servers in a state.
func inState(state, service string) string {
	return series("ipvs_service_servers", "service", service, "state", state)
}

// scrape returns the series of a program in a network namespace whose names
// begin with prefix.
func scrape(t *testing.T, namespace, url, prefix string) samples {
	t.Helper()
	return parseSamples(t, get(t, namespace, url), prefix)
}

// parseSamples returns the series of an answer whose names begin with prefix.
func parseSamples(t *testing.T, text, prefix string) samples {
	t.Helper()
	got := samples{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndexByte(line, ' '); line[0] != '#' && strings.HasPrefix(line, prefix) && i > 0 {
			got[line[:i]] = number(t, line[i+1:])
		}
	}
	return got
}

// of returns the samples of one network namespace, with an empty label, as an
// exporter inside it would have.
func (s samples) of(netns string) samples {
	own := samples{}
	for name, value := range s {
		if label := `netns="` + netns + `"`; strings.Contains(name, label) {
			own[strings.Replace(name, label, `netns=""`, 1)] = value
		}
	}
	return own
}

func get(t *testing.T, namespace, url string) string {
	t.Helper()
	answer, err := client(namespace).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %s, %v", url, answer.Status, err)
	}
	return string(body)
}

// client is one in a network namespace, with a new connection for each
// request.
func client(namespace string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			return dial(namespace, network, address)
		},
	}}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%q is not a number", text)
	}
	return v
}
