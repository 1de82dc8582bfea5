//go:build lab

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Once real servers are timed, both programs give up what only that took, in all
// threads; with CAP_SETPCAP also what they could get back. Other network
// namespaces still take CAP_SYS_ADMIN.
func TestCapabilitiesAreGivenUp(t *testing.T) {
	arrangeConfined(t)
	const attaching = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_BPF | 1<<unix.CAP_PERFMON
	granted := []uintptr{unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN}
	exporterFlags := "ipvs-exporter --web.listen-address=127.0.0.1:9975 --collector.latency"
	tunerFlags := "weight-tuner run --web.listen-address=127.0.0.1:9976 --config.file="
	tests := []struct {
		name, program string
		start         func(t *testing.T) (stop func())
		gone          map[string]uint64 // of the sets
		kept          uint64            // of those in effect
	}{
		{"exporter as its unit has it", "ipvs-exporter", func(t *testing.T) func() {
			_, stop := startConfined(t, "director", exporterFlags, exporterMetrics, granted...)
			return stop
		}, map[string]uint64{"Inh": attaching, "Prm": attaching, "Eff": attaching, "Amb": attaching}, 1 << unix.CAP_NET_ADMIN},
		{"exporter as root", "ipvs-exporter", func(t *testing.T) func() {
			_, stop := startIn(t, "director", exporterFlags, exporterMetrics)
			return stop
		}, map[string]uint64{"Inh": attaching, "Prm": attaching, "Eff": attaching, "Bnd": attaching, "Amb": attaching}, 1<<unix.CAP_NET_ADMIN | 1<<unix.CAP_DAC_OVERRIDE},
		{"exporter of other network namespaces", "ipvs-exporter", func(t *testing.T) func() {
			_, stop := startIn(t, "director", exporterFlags+" --ipvs.netns=/run/netns/client", exporterMetrics)
			return stop
		}, nil, attaching},
		{"tuner as its unit has it", "weight-tuner", func(t *testing.T) func() {
			_, stop := startConfined(t, "director", tunerFlags+configBy(t, ""), tunerMetrics, granted...)
			return stop
		}, map[string]uint64{"Inh": attaching, "Prm": attaching, "Eff": attaching, "Amb": attaching}, 1 << unix.CAP_NET_ADMIN},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer test.start(t)()
			if test.program == "ipvs-exporter" {
				if n := scrape(t, "director", exporterMetrics, "ipvs_")[`ipvs_scrape_collector_success{collector="latency"}`]; n != 1 {
					t.Error("real servers are not timed")
				}
			} else if n := scrape(t, "director", tunerMetrics, "weight_tuner_")[`weight_tuner_source_errors_total{source="passive"}`]; n != 0 {
				t.Errorf("%v errors of the source", n)
			}
			for _, has := range threads(t, test.program) {
				for set, gone := range test.gone {
					if has[set]&gone != 0 {
						t.Errorf("a thread has %x in %s", has[set], set)
					}
				}
				if has["Eff"]&test.kept != test.kept {
					t.Errorf("a thread has only %x in effect", has["Eff"])
				}
			}
		})
	}
}

// Without the capability the director's counters serve by default: log, status,
// plan and metrics say so, and nothing fails.
func TestDefaultIsNotPermitted(t *testing.T) {
	arrangeConfined(t)
	startLoadAt(t, 16)
	out, stop := startConfined(t, "director", "weight-tuner run --web.listen-address=127.0.0.1:9976 --config.file="+configBy(t, ""), tunerMetrics, unix.CAP_NET_ADMIN)
	tuner := runningTuner{out, stop}
	tuner.await(t, "go by the director's counters", func() bool {
		plan := get(t, "director", "http://127.0.0.1:9976/plan")
		return strings.Contains(plan, "(optimize by connections)") && !strings.Contains(plan, "passive")
	})
	const why = "not permitted: CAP_SYS_ADMIN is needed to attach"
	if status := get(t, "director", "http://127.0.0.1:9976/api/v1/status"); !strings.Contains(status, why) || !strings.Contains(status, `"failing":0`) {
		t.Errorf("the status is\n%s", status)
	}
	got := scrape(t, "director", tunerMetrics, "weight_tuner_")
	for name, want := range map[string]string{
		`weight_tuner_source_errors_total{source="passive"}`:                                          "0",
		`weight_tuner_service_source_info{netns="",service="tcp/10.0.1.100:80",source="connections"}`: "1",
	} {
		if text := got.text(name); text != want {
			t.Errorf("%s is %s, want %s", name, text, want)
		}
	}
	log := out.String()
	if strings.Count(log, why) != 1 || strings.Contains(log, "\terror\t") || strings.Contains(log, "\twarn\t") {
		t.Errorf("the log has a warning, an error, or not once %q:\n%s", why, log)
	}
}

// Where no other source serves, it is an error.
func TestPassiveIsNotPermitted(t *testing.T) {
	arrangeConfined(t)
	out, _ := startConfined(t, "director", "weight-tuner run --web.listen-address=127.0.0.1:9976 --config.file="+configBy(t, "source: passive"), tunerMetrics, unix.CAP_NET_ADMIN)
	eventually(t, func() error {
		if scrape(t, "director", tunerMetrics, "weight_tuner_")[`weight_tuner_source_errors_total{source="passive"}`] == 0 {
			return errors.New("no error of the source is counted")
		}
		return nil
	})
	if want := "not permitted: CAP_SYS_ADMIN is needed to attach"; strings.Count(out.String(), want) != 1 {
		t.Errorf("the log has not %q once:\n%s", want, out)
	}
}

// threads returns the sets of capabilities of each thread of a running program.
func threads(t *testing.T, program string) []map[string]uint64 {
	t.Helper()
	var all []map[string]uint64
	for line := range strings.Lines(sh(t, "cat /proc/$(pidof "+program+")/task/*/status")) {
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), ":\t"); {
		case name == "Pid":
			all = append(all, map[string]uint64{})
		case strings.HasPrefix(name, "Cap"):
			set, err := strconv.ParseUint(value, 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			all[len(all)-1][name[len("Cap"):]] = set
		}
	}
	if len(all) < 2 || len(all[0]) != 5 {
		t.Fatalf("%d threads of %s, the first with the sets %v", len(all), program, all)
	}
	return all
}

// configBy is confinedConfig with another source, or by default.
func configBy(t *testing.T, source string) string {
	t.Helper()
	file := confinedConfig(t)
	text := fmt.Sprintf("interval: 4s\nstate_file: %s/state.json\nservices: [{match: 'tcp/*', %s}]\n", filepath.Dir(file), source)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(file, confinedUser, confinedUser); err != nil {
		t.Fatal(err)
	}
	return file
}
