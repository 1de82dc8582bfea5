package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// newTestHandler serves what ../../ipvs/testdata/proc shows.
func newTestHandler(t *testing.T) http.Handler {
	t.Helper()
	f := directorFlags{proc: proc, source: string(ipvs.Procfs), overheadFactor: auto, ownNetns: true}
	c := collector.New(f.open(zap.NewNop()), collector.Options{})
	h, err := newHandler("/metrics", c, collector.Defaults(), true)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHandler(t *testing.T) {
	h := newTestHandler(t)
	tests := []struct {
		path   string
		status int
		want   []string
	}{
		{"/nonsense", http.StatusNotFound, nil},
		{"/metrics?collect[]=nonsense", http.StatusBadRequest, []string{`collector "nonsense" is not on; on are director, services, servers, sysctl`}},
		{"/metrics?exclude[]=rates", http.StatusBadRequest, []string{`collector "rates" is not on`}},
		{"/metrics?collect[]=director&exclude[]=servers", http.StatusBadRequest, []string{"not to be used together"}},
		{"/", http.StatusOK, []string{`href="/metrics"`, `href="/metrics?collect[]=services"`, "ipvs-exporter"}},
		{"/metrics", http.StatusOK, []string{
			`ipvs_up{netns=""} 1`,
			`ipvs_source_info{netns="",source="procfs"} 1`,
			`ipvs_server_weight{netns="",server="10.0.0.2:80",service="tcp/10.0.0.1:80"} 100`,
			"ipvs_exporter_build_info{", "go_goroutines ", "process_open_fds ", "promhttp_metric_handler_requests_total{",
		}},
		{"/metrics?collect[]=director&collect[]=servers", http.StatusOK, []string{
			"ipvs_services{", "ipvs_server_weight{", "!ipvs_service_info{", "ipvs_up{", "ipvs_exporter_build_info{",
		}},
		{"/metrics?exclude[]=servers", http.StatusOK, []string{"ipvs_services{", "!ipvs_server_weight{", "ipvs_service_info{"}},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			status, body := get(t, h, test.path)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			for _, want := range test.want {
				text, absent := strings.CutPrefix(want, "!")
				if strings.Contains(body, text) == absent {
					t.Errorf("want %s in\n%s", want, body)
				}
			}
		})
	}
}

func TestScrapeContext(t *testing.T) {
	tests := []struct {
		header string
		want   time.Duration // 0 is no end
	}{
		{"", 0}, {"nonsense", 0}, {"NaN", 0}, {"-1", 0}, {"1e300", 0}, {"10", 9 * time.Second}, {"0.5", 450 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.header, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
				r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", test.header)
				ctx, cancel := scrapeContext(r)
				defer cancel()
				end, ends := ctx.Deadline()
				if ends != (test.want != 0) || ends && time.Until(end) != test.want {
					t.Errorf("ends %t in %v, want %v", ends, time.Until(end), test.want)
				}
			})
		})
	}
}

// A host without IPVS is reported as such, whatever the source, and each
// change once.
func TestWithoutIPVS(t *testing.T) {
	for _, source := range []string{auto, string(ipvs.Netlink), string(ipvs.Procfs)} {
		core, logs := observer.New(zap.InfoLevel)
		f := directorFlags{proc: t.TempDir(), source: source, overheadFactor: auto, ownNetns: true}
		h, err := newHandler("/metrics", collector.New(f.open(zap.New(core)), collector.Options{Report: reportTo(zap.New(core))}), collector.Defaults(), true)
		if err != nil {
			t.Fatal(err)
		}
		get(t, h, "/metrics")
		if _, body := get(t, h, "/metrics"); !strings.Contains(body, `ipvs_up{netns=""} 0`) {
			t.Errorf("%s: no ipvs_up of 0", source)
		}
		entries := logs.FilterMessage("table not readable").All()
		if len(entries) != 1 || !strings.Contains(fmt.Sprint(entries[0].ContextMap()), ipvs.ErrNotSupported.Error()) {
			t.Errorf("%s: logged %v", source, entries)
		}
	}
}

func TestFlags(t *testing.T) {
	app := daemon.Application("test", "")
	options, f := addCollectorFlags(app), addDirectorFlags(app)
	_, err := daemon.Parse(app, []string{
		"--no-collector.servers", "--collector.rates", "--compat.node-exporter", "--service.include=tcp/*", "--service.include=fwm/*", "--service.exclude=*:22", "--servers.limit=9",
		"--ipvs.netns=/run/netns/*", "--ipvs.netns=/run/docker/netns/*", "--no-ipvs.own-netns", "--ipvs.overhead-factor=257", "--ipvs.source=netlink", "--path.procfs=/host/proc",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := collector.Options{
		Collectors: []string{"director", "services", "sysctl", "rates", "node-exporter"},
		Include:    []string{"tcp/*", "fwm/*"}, Exclude: []string{"*:22"}, ServersLimit: 9,
	}
	if got := options(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := f.options(), (ipvs.Options{Proc: "/host/proc", Source: ipvs.Netlink, OverheadFactor: 257}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := []string{"/run/netns/*", "/run/docker/netns/*"}; !slices.Equal(f.netns, want) || f.ownNetns {
		t.Errorf("namespaces %v, own %t", f.netns, f.ownNetns)
	}
}

func TestBadFlags(t *testing.T) {
	for _, flag := range []string{"--ipvs.netns=[", "--servers.limit=-1", "--ipvs.overhead-factor=255", "--collector.nonsense"} {
		app := daemon.Application("test", "")
		addCollectorFlags(app)
		addDirectorFlags(app)
		_, err := daemon.Parse(app, []string{flag})
		if usage := (*daemon.UsageError)(nil); !errors.As(err, &usage) {
			t.Errorf("%s: error %v", flag, err)
		}
	}
}
