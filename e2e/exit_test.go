//go:build lab

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A tuner that is to restore at its end leaves the tables of all its namespaces
// as they were, a state by which nothing is left to do, and a log of all that.
func TestExitRestores(t *testing.T) {
	sh(t, "ip netns add blue && ip -n blue link set lo up")
	t.Cleanup(func() { sh(t, "ipvsadm -C; ip netns del blue") })
	before := map[string]string{"": untuned, "blue": strings.ReplaceAll(untuned, "-s rr", "-s mh -b mh-fallback,mh-port")}
	for namespace, table := range before {
		ipvsadm(t, namespace, table)
	}
	flags, state := tunedFiles(t, `on_exit: restore
interval: 4s
services:
  - {match: 'tcp/*', scheduler: wrr, policy: static}
  - {netns: blue, match: 'tcp/*', scheduler: wlc, policy: static}
`)
	out, stop := startIn(t, "", runCommand+flags, tunerMetrics)
	awaitTable(t, "", out, hasScheduler("wrr"))
	awaitTable(t, "blue", out, hasScheduler("wlc"))
	stop()
	for namespace, table := range before {
		if got := saved(t, namespace); got != table {
			t.Errorf("namespace %q was left with\n%s\n%s", namespace, got, out)
		}
	}
	if did := sh(t, "weight-tuner restore --state.file="+state); did != "nothing to put back\n" {
		t.Errorf("restore said %q", did)
	}
	log, err := os.ReadFile(filepath.Join(filepath.Dir(state), "audit.jsonl"))
	for _, want := range []string{
		`"action":"apply","code":"scheduler"`, `"changes":[{"scheduler":{"before":"rr","after":"wrr"}}]`,
		`"netns":"blue"`, `"action":"restore"`, `"changes":[{"scheduler":{"before":"wlc","after":"mh"}}]`,
	} {
		if err != nil || strings.Count(string(log), "\n") != 4 || !strings.Contains(string(log), want) {
			t.Errorf("the log has no %s, %v:\n%s", want, err, log)
		}
	}
}
