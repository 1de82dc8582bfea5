//go:build lab

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tunedFiles writes a configuration and a file of names, and returns the flags
// that name them, and the name of the state file.
func tunedFiles(t *testing.T, config string) (flags, state string) {
	t.Helper()
	folder := t.TempDir()
	state = filepath.Join(folder, "state.json")
	for name, text := range map[string]string{
		"config": "state_file: " + state + "\n" + config,
		"names":  "services: {tcp/10.0.1.100:80: shop}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return " --config.file=" + filepath.Join(folder, "config") + " --names.file=" + filepath.Join(folder, "names"), state
}

// saved returns the table of a network namespace as ipvsadm reads it.
func saved(t *testing.T, namespace string) string {
	t.Helper()
	return shIn(t, namespace, "weight-tuner table --format=save")
}

// awaitTable waits until the table of a network namespace is as wanted.
func awaitTable(t *testing.T, namespace string, out *output, wanted func(table string) bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !wanted(saved(t, namespace)) {
		if time.Now().After(deadline) {
			t.Fatalf("the table becomes no other than\n%s\n%s", saved(t, namespace), out)
		}
		time.Sleep(500 * time.Millisecond)
	}
}

// Restoring gives back exactly the table of before: the scheduler with its
// flags, the weights, and what was never touched.
func TestRestoreGivesBackTheTable(t *testing.T) {
	sh(t, "nat.sh 3")
	ipvsadm(t, "director", `
		-A -t 10.0.1.100:80 -s mh -b mh-fallback,mh-port -p 60
		-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 100 -x 500 -y 400
		-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 100
		-a -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w 100
		-A -t 10.0.1.100:81 -s rr
		-a -t 10.0.1.100:81 -r 10.0.2.11:8080 -m -w 3`)
	for i, mean := range []string{"20ms", "20ms", "200ms"} {
		setServiceTime(t, i+1, mean)
	}
	before := saved(t, "director")
	flags, state := tunedFiles(t, `
interval: 4s
sources:
  probe: {type: http, interval: 200ms}
services:
  - {match: {name: shop}, scheduler: wrr, source: probe}
`)
	out, stop := startIn(t, "director", "weight-tuner run --web.listen-address=127.0.0.1:9976"+flags, tunerMetrics)
	awaitTable(t, "director", out, func(table string) bool {
		return strings.Contains(table, "-A -t 10.0.1.100:80 -s wrr -p 60\n") && strings.Count(table, "-w 100") < 3
	})
	stop()
	tuned := saved(t, "director")

	shown := shIn(t, "director", "weight-tuner restore --dry-run --state.file="+state)
	if got := saved(t, "director"); got != tuned {
		t.Errorf("a dry run left\n%s\nof\n%s", got, tuned)
	}
	did := shIn(t, "director", "weight-tuner restore --state.file="+state)
	if got := saved(t, "director"); got != before || did != shown || !strings.Contains(did, "scheduler wrr -> mh\n") || !strings.Contains(did, " in tcp/10.0.1.100:80: weight ") {
		t.Errorf("restored, it said, after it had shown,\n%s\n%s\n%s\nof\n%s", did, shown, got, before)
	}
	if again := shIn(t, "director", "weight-tuner restore --state.file="+state); strings.Contains(again, "->") || saved(t, "director") != before {
		t.Errorf("the second time it said\n%s", again)
	}
}

// One tuner changes the service of another network namespace, by its name, and
// leaves the same service in its own alone.
func TestRestoreInAnotherNamespace(t *testing.T) {
	sh(t, "ip netns add blue && ip -n blue link set lo up")
	t.Cleanup(func() { sh(t, "ipvsadm -C; ip netns del blue") })
	const table = "-A -t 10.0.1.100:80 -s rr\n-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 3\n"
	ipvsadm(t, "", table)
	ipvsadm(t, "blue", table)
	flags, state := tunedFiles(t, "interval: 4s\nservices: [{netns: blue, match: {name: shop}, scheduler: wrr, policy: static}]\n")
	out, stop := startIn(t, "", "weight-tuner run --web.listen-address=127.0.0.1:9976"+flags, tunerMetrics)
	awaitTable(t, "blue", out, func(table string) bool { return strings.Contains(table, "-s wrr") })
	stop()
	if got := saved(t, ""); got != table {
		t.Errorf("its own table became\n%s", got)
	}
	if did := sh(t, "weight-tuner restore --state.file="+state); did != "tcp/10.0.1.100:80 in blue: scheduler wrr -> rr\n" {
		t.Errorf("said %q", did)
	}
	if got := saved(t, "blue"); got != table {
		t.Errorf("restored to\n%s", got)
	}
}

// Both thresholds go back at once, whichever way they went.
func TestRestoreThresholds(t *testing.T) {
	enterNetns(t)
	const (
		low   = "-A -t 10.0.1.100:80 -s wrr\n-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 3 -x 90 -y 80\n"
		high  = "-A -t 10.0.1.100:80 -s wrr\n-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 3 -x 500 -y 400\n"
		state = `{"version": 6, "netns": {"": {"services": {}, "baseline": {"tcp/10.0.1.100:80": {"servers": [
			{"server": "10.0.2.11:8080", "thresholds": {"was": {"upper": 90, "lower": 80}, "written": {"upper": 500, "lower": 400}, "writing": {"upper": 500, "lower": 400}}}]}}}}}`
	)
	raised := filepath.Join(t.TempDir(), "raised")
	lowered := filepath.Join(t.TempDir(), "lowered")
	for name, text := range map[string]string{raised: state, lowered: strings.NewReplacer(" 500", " 90", " 400", " 80", " 90", " 500", " 80", " 400").Replace(state)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ipvsadm(t, "", high)
	for _, step := range []struct{ state, want string }{{raised, low}, {lowered, high}} {
		did := sh(t, "weight-tuner restore --state.file="+step.state)
		if got := saved(t, ""); got != step.want {
			t.Errorf("it said %s, and left\n%s\nwant\n%s", did, got, step.want)
		}
	}
}
