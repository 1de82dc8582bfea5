package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

const (
	config = `
interval: 10s
services:
  - match: tcp/10.0.0.1:*
    policy: equalize
`
	// One of two equal real servers answers twelve times slower.
	observations = `{"time": "2026-01-02T03:04:05Z", "observations": [
  {"service": "tcp/10.0.0.1:80", "server": "10.0.0.2:80", "latency_seconds": 0.010, "requests_per_second": 100},
  {"service": "tcp/10.0.0.1:80", "server": "10.0.0.3:80", "latency_seconds": 0.120, "requests_per_second": 100}]}`
)

// tableAt is the table of two real servers some seconds after a start, from
// which each has had fifty connections a second. One of them holds five
// connections, the other sixty.
func tableAt(seconds int) string {
	at := time.Date(2026, 1, 2, 3, 4, 5+seconds, 0, time.UTC).Format(time.RFC3339)
	server := func(address string, active int) string {
		return fmt.Sprintf(`{"server": %q, "weight": 1, "active_connections": %d, "stats": {"connections": %d}}`,
			address, active, 1000+50*seconds)
	}
	return fmt.Sprintf(`{"time": %q, "services": [{"service": "tcp/10.0.0.1:80", "scheduler": "wrr", "servers": [%s, %s]}]}`,
		at, server("10.0.0.3:80", 60), server("10.0.0.2:80", 5))
}

// files writes files into a temporary folder, and returns their names by the
// given ones.
func files(t *testing.T, contents map[string]string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	names := map[string]string{}
	for name, content := range contents {
		names[name] = filepath.Join(dir, name)
		if content == "" {
			continue
		}
		if err := os.WriteFile(names[name], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// runWith runs the program and returns what it printed.
func runWith(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, log bytes.Buffer
	err = run(t.Context(), args, &out, &log)
	return out.String(), err
}

func TestPlanFromFiles(t *testing.T) {
	f := files(t, map[string]string{"config": config, "table": tableAt(0), "observations": observations})
	out, err := runWith(t, "plan", "--config.file="+f["config"], "--table.file="+f["table"], "--observations.file="+f["observations"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"tcp/10.0.0.1:80 (equalize by observations): apply", "10.0.0.2:80  1 -> ", "10.0.0.3:80  1 -> "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// Planning once a period is the whole control loop: with the state of the
// first plan, the second one has latencies by the director's own counters.
func TestPlansWithState(t *testing.T) {
	f := files(t, map[string]string{"config": config, "first": tableAt(0), "second": tableAt(10), "state": ""})
	plan := func(table string, more ...string) string {
		t.Helper()
		out, err := runWith(t, append([]string{
			"plan", "--config.file=" + f["config"], "--format=json", "--table.file=" + f[table], "--state.file=" + f["state"],
		}, more...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := plan("first"); !strings.Contains(out, `"action": "hold"`) {
		t.Errorf("a first look decides\n%s", out)
	}
	before, err := os.ReadFile(f["state"])
	if err != nil {
		t.Fatal(err)
	}
	unsaved := plan("second", "--no-save")
	if after, err := os.ReadFile(f["state"]); err != nil || !bytes.Equal(before, after) {
		t.Errorf("--no-save changed the state, or %v", err)
	}
	saved := plan("second")
	if saved != unsaved {
		t.Errorf("equal input gave\n%s\nand\n%s", unsaved, saved)
	}
	if !strings.Contains(saved, `"latency_seconds"`) {
		t.Errorf("the second plan knows no latency:\n%s", saved)
	}
}

func TestMistakes(t *testing.T) {
	f := files(t, map[string]string{
		"config": config, "table": tableAt(0), "broken": "{", "empty": "{}", "state": "{\"version\": 99}",
		"named":    "services: [{match: {name: shop}}]\n",
		"mistaken": "interval: 3s\nservices:\n  - match: nonsense\n    weigths: {}\n",
	})
	const story = "../../examples/scenarios/swarm.yaml"
	configFlag := "--config.file=" + f["config"]
	tests := []struct {
		name  string
		args  []string
		want  string
		usage bool
	}{
		{"no command", nil, "want a command", true},
		{"no configuration flag", []string{"plan"}, "--config.file", true},
		{"unknown command", []string{"tune"}, "tune", true},
		{"unknown format", []string{"table", "--format=xml"}, "xml", true},
		{"file without its flag", []string{"check", "weight-tuner.yaml"}, "unexpected weight-tuner.yaml; see weight-tuner check --help", true},
		{"nothing to check", []string{"check"}, "--config.file or --print-defaults is needed", true},
		{"bad time", []string{"plan", configFlag, "--table.file=" + f["table"], "--now=yesterday"}, `--now: "yesterday" is not a time`, true},
		{"missing configuration", []string{"plan", "--config.file=/nonsense"}, "configuration: open /nonsense", false},
		{"mistaken configuration", []string{"run", "--config.file=" + f["mistaken"]}, "mistaken:1: interval", false},
		{"broken table", []string{"plan", configFlag, "--table.file=" + f["broken"]}, f["broken"], false},
		{"state of another version", []string{"plan", configFlag, "--table.file=" + f["table"], "--state.file=" + f["state"]}, "version 99", false},
		{"no scenario", []string{"simulate"}, "scenario", true},
		{"missing scenario", []string{"simulate", "/nonsense.yaml"}, "scenario: open /nonsense.yaml: no such file", false},
		{"mistaken scenario", []string{"simulate", f["mistaken"]}, "mistaken:1: has no duration (and 5 more)", false},
		{"unknown policy", []string{"simulate", story, "--policy=equal,best"}, `--policy: "best" is not one of equal, `, true},
		{"no seeds", []string{"simulate", story, "--seeds=0"}, "--seeds: 0 is not from 1 to 10000", true},
		{"sweep of nothing", []string{"simulate", story, "--sweep=interval"}, `--sweep: "interval" is not NAME=VALUE,VALUE`, true},
		{"sweep of no setting", []string{"simulate", story, "--sweep=speed=1"}, "speed is not a setting of the tuner", false},
		{"sweep with a report", []string{"simulate", story, "--sweep=interval=4s", "--report=r"}, "do not go together", true},
		{"report without a place", []string{"simulate", story, "--policy=equal", "--report=/nonsense/r"}, "report: open /nonsense/r", false},
		{"simulate nothing", []string{"simulate"}, "want either scenario files or --record", true},
		{"simulate and record", []string{"simulate", "--record=fwm/1", "x.yaml"}, "want either scenario files or --record", true},
		{"record of no service", []string{"simulate", "--record=10.0.0.1:80"}, "want PROTO/ADDRESS:PORT", true},
		{"record of a moment", []string{"simulate", "--record=tcp/10.0.0.1:80", "--record.for=1s"}, "--record.for: 1s is not from 4s to 1h0m0s", true},
		{"record of one table", []string{"simulate", "--record=tcp/10.0.0.1:80", "--table.file=" + f["table"]}, "--table.file: want two of them, have 1", true},
		{"record of another service", []string{"simulate", "--record=fwm/1", "--table.file=" + f["table"], "--table.file=" + f["table"]}, f["table"] + ": fwm/1: no such virtual service", false},
		{"record without a kernel", []string{"simulate", "--record=fwm/1", "--path.procfs=" + t.TempDir()}, "load it with modprobe ip_vs", false},
		{"plan without a kernel", []string{"plan", configFlag, "--path.procfs=" + t.TempDir()}, "load it with modprobe ip_vs", false},
		{"names without a file", []string{"plan", "--config.file=" + f["named"]}, "--names.file is needed", true},
		{"names of a missing file", []string{"run", configFlag, "--names.file=/nonsense"}, "open /nonsense", false},
		{"init without a kernel", []string{"init", "--path.procfs=" + t.TempDir()}, "load it with modprobe ip_vs", false},
		{"init for an empty table", []string{"init", "--table.file=" + f["empty"]}, "no virtual services: add them first", false},
		{"init for a broken table", []string{"init", "--table.file=" + f["broken"]}, f["broken"], false},
		{"init for two tables", []string{"init", "--table.file=" + f["table"], "--ipvs.netns=/run/netns/a"}, "do not go together", true},
		{"init without a folder", []string{"init", "--table.file=" + f["table"], "-o", "/nonsense/new.yaml"}, "output /nonsense/new.yaml: no such file or directory", false},
		{"init with missing names", []string{"init", "--table.file=" + f["table"], "--names.file=/nonsense"}, "open /nonsense", false},
		{"no state to restore from", []string{"restore"}, "--state.file", true},
		{"no kernel", []string{"table", "--path.procfs=" + t.TempDir()}, "load it with modprobe ip_vs", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := runWith(t, test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q in it", err, test.want)
			}
			if usage := (*daemon.UsageError)(nil); errors.As(err, &usage) != test.usage {
				t.Errorf("a mistake in the command line: %t, want %t", !test.usage, test.usage)
			}
		})
	}
}

func TestCheckShowsEveryMistake(t *testing.T) {
	f := files(t, map[string]string{"config": "interval: 3s\nservices:\n  - match: nonsense\n    weigths: {}\n"})
	out, err := runWith(t, "check", "--config.file="+f["config"])
	if err == nil || strings.Count(out, "\n") < 2 || !strings.Contains(out, "config:1: interval") || !strings.Contains(out, "config:4: ") {
		t.Errorf("error %v, printed\n%s", err, out)
	}
}

func TestPrintedDefaultsAreValid(t *testing.T) {
	defaults, err := runWith(t, "check", "--print-defaults")
	if err != nil {
		t.Fatal(err)
	}
	f := files(t, map[string]string{"config": defaults})
	if out, err := runWith(t, "check", "--config.file="+f["config"]); err != nil || out != "" {
		t.Errorf("error %v, printed\n%s", err, out)
	}
}

func TestWriteTable(t *testing.T) {
	d := ipvstest.NewDirector()
	for _, s := range ipvstest.Services()[:2] {
		d.AddService(s)
	}
	table, err := d.Table()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ format, want string }{
		{"table", `tcp/10.0.0.1:80 (wrr), 0 connections
  SERVER         FORWARD  WEIGHT  ACTIVE  INACTIVE  UPPER  LOWER  CONNECTIONS
  10.0.0.4:80    masq     0       0       0         0      0      0
  10.0.0.3:8080  masq     65535   0       0         0      0      0
  10.0.0.2:80    masq     100     0       0         500    400    0

udp/10.0.0.1:53 (rr), 0 connections
  SERVER       FORWARD  WEIGHT  ACTIVE  INACTIVE  UPPER  LOWER  CONNECTIONS
  10.0.0.2:53  route    1       0       0         0      0      0
`},
		{"save", `-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 100 -x 500 -y 400
-a -t 10.0.0.1:80 -r 10.0.0.3:8080 -m -w 65535
-a -t 10.0.0.1:80 -r 10.0.0.4:80 -m -w 0
-A -u 10.0.0.1:53 -s rr
-a -u 10.0.0.1:53 -r 10.0.0.2:53 -g -w 1
`},
	}
	for _, test := range tests {
		t.Run(test.format, func(t *testing.T) {
			var b strings.Builder
			if err := writeTable(&b, test.format, tuner.Snapshot{Table: table}); err != nil || b.String() != test.want {
				t.Errorf("error %v, got\n%s\nwant\n%s", err, b.String(), test.want)
			}
		})
	}
	var b strings.Builder
	if err := writeTable(&b, "json", tuner.Snapshot{Table: table}); err != nil {
		t.Fatal(err)
	}
	if again, err := tuner.ReadTable(strings.NewReader(b.String()), "table"); err != nil || len(again.Table.Services) != 2 {
		t.Errorf("read again: %+v, %v", again, err)
	}
}
