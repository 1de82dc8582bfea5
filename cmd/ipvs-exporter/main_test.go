package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const proc = "../../ipvs/testdata/proc"

func get(t *testing.T, h http.Handler, path string) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestHandler(t *testing.T) {
	h, err := newHandler("/metrics", collector.New(openTable(sourceProcfs, proc), collector.Names()...))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path   string
		status int
		want   []string
	}{
		{"/nonsense", http.StatusNotFound, nil},
		{"/", http.StatusOK, []string{`href="/metrics"`, "ipvs-exporter"}},
		{"/metrics", http.StatusOK, []string{
			`ipvs_up{netns=""} 1`,
			`ipvs_source_info{netns="",source="procfs"} 1`,
			`ipvs_server_weight{netns="",server="10.0.0.2:80",service="tcp/10.0.0.1:80"} 100`,
			"ipvs_exporter_build_info{", "go_goroutines ", "process_open_fds ", "promhttp_metric_handler_requests_total{",
		}},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			status, body := get(t, h, test.path)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("no %s in\n%s", want, body)
				}
			}
		})
	}
}

// A host without IPVS is reported as such by every source.
func TestSourcesWithoutIPVS(t *testing.T) {
	for _, source := range []string{sourceAuto, sourceNetlink, sourceProcfs} {
		if _, err := openTable(source, t.TempDir())(); !errors.Is(err, ipvs.ErrNotSupported) {
			t.Errorf("%s: error %v", source, err)
		}
	}
}

func TestCollectorFlags(t *testing.T) {
	app := daemon.Application("test", "")
	enabled := addCollectorFlags(app)
	if _, err := daemon.Parse(app, []string{"--no-collector.servers"}); err != nil {
		t.Fatal(err)
	}
	if got, want := enabled(), []string{collector.NameDirector, collector.NameServices}; !slices.Equal(got, want) {
		t.Errorf("on are %v, want %v", got, want)
	}
}

func TestReportChanges(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	outcomes := []error{ipvs.ErrNotSupported, ipvs.ErrNotSupported, nil, nil, ipvs.ErrNotPermitted}
	read := reportChanges(zap.New(core), func() (*ipvs.Table, error) {
		err := outcomes[0]
		outcomes = outcomes[1:]
		return &ipvs.Table{Source: ipvs.Netlink}, err
	})
	for range len(outcomes) {
		_, _ = read()
	}
	var got []string
	for _, entry := range logs.All() {
		got = append(got, entry.Level.String()+" "+entry.Message)
	}
	want := []string{"warn table not readable", "info table readable", "warn table not readable"}
	if !slices.Equal(got, want) {
		t.Errorf("logged %q, want %q", got, want)
	}
}
