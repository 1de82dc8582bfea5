package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// prometheusConfig asks a Prometheus at an address.
func prometheusConfig(address string) string {
	return fmt.Sprintf(`
sources:
  prom: {type: prometheus, url: %q, latency: L, requests: R}
services:
  - {match: 'tcp/10.0.0.1:*', policy: equalize, source: prom}
`, address)
}

// askable answers two queries about the servers of tableAt, at its time.
func askable(w http.ResponseWriter, r *http.Request) {
	values := map[string][]string{"L": {"0.01", "0.12"}, "R": {"100", "100"}}[r.FormValue("query")]
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Unix()
	if r.FormValue("time") != fmt.Sprint(at) || values == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[
		{"metric":{"instance":"10.0.0.2:80"},"value":[%d,%q]},{"metric":{"instance":"10.0.0.3:80"},"value":[%d,%q]}]}}`,
		at, values[0], at, values[1])
}

// planWith plans for the table of tableAt and returns what was printed.
func planWith(t *testing.T, config string) (stdout, stderr string) {
	t.Helper()
	f := files(t, map[string]string{"config": config, "table": tableAt(0)})
	var out, log bytes.Buffer
	if err := run(t.Context(), []string{"plan", "--config.file=" + f["config"], "--table.file=" + f["table"]}, &out, &log); err != nil {
		t.Fatal(err)
	}
	return out.String(), log.String()
}

func TestPlanAsksPrometheus(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(askable))
	defer server.Close()
	out, log := planWith(t, prometheusConfig(server.URL))
	for _, want := range []string{"tcp/10.0.0.1:80 (equalize by prom): apply", "120ms", "times the mean latency according to prom"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if log != "" {
		t.Errorf("printed %s", log)
	}
}

func TestPlanWithoutPrometheus(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	out, log := planWith(t, prometheusConfig(server.URL))
	if !strings.Contains(out, "tcp/10.0.0.1:80 (equalize by prom): hold") {
		t.Errorf("planned\n%s", out)
	}
	if !strings.HasPrefix(log, "weight-tuner: source prom: query latency: ") || strings.Count(log, "\n") != 1 {
		t.Errorf("printed %s", log)
	}
}

func TestSourceThatCannotBeOpened(t *testing.T) {
	config := strings.Replace(prometheusConfig("http://127.0.0.1"), "requests: R", "requests: R, http: {tls_config: {ca_file: nowhere}}", 1)
	f := files(t, map[string]string{"config": config, "table": tableAt(0)})
	for _, args := range [][]string{{"run"}, {"plan", "--table.file=" + f["table"]}} {
		_, err := runWith(t, append(args, "--config.file="+f["config"])...)
		if err == nil || !strings.HasPrefix(err.Error(), "source prom: ") || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("%s: error %v", args[0], err)
		}
	}
}

// By default neither the director's packets are asked of a table of a file, nor is
// anything waited for.
func TestPlanOfAFileAsksNothing(t *testing.T) {
	out, log := planWith(t, config)
	if !strings.Contains(out, "tcp/10.0.0.1:80 (equalize by connections): hold") || log != "" {
		t.Errorf("planned\n%sprinted %s", out, log)
	}
}
