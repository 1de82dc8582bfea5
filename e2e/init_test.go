//go:build lab

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestInit begins as who installs the tuner does. What init writes for a table of
// every kind passes check, and the tuner that runs by it shows what it would do
// and writes nothing, until the configuration says that it may.
func TestInit(t *testing.T) {
	sh(t, "modprobe -a ip_vs ip_vs_pe_sip")
	addNetns(t, "fresh")
	config := filepath.Join(t.TempDir(), "weight-tuner.yaml")
	first := "! weight-tuner init --output=" + config + " 2>&1"
	if said := shIn(t, "fresh", first); !strings.Contains(said, "has no virtual services: add them first") {
		t.Errorf("of an empty table it says %s", said)
	}
	ipvsadm(t, "fresh", everyKind)
	shIn(t, "fresh", "weight-tuner init --output="+config+" && weight-tuner check --config.file="+config)
	shIn(t, "fresh", "! weight-tuner init --output="+config)

	// The schedulers that it only suggests are a change that it makes without traffic.
	sh(t, fmt.Sprintf("sed -i 's/# scheduler:/scheduler:/; s,^dry_run:,interval: 4s\\nstate_file: %s\\n&,' %s", filepath.Dir(config)+"/state.json", config))
	before := shIn(t, "fresh", "ipvsadm -S -n")
	run := "weight-tuner run --web.listen-address=127.0.0.1:9976 --config.file=" + config
	_, stop := startIn(t, "fresh", run, tunerMetrics)
	eventually(t, func() error {
		if plan := get(t, "fresh", "http://127.0.0.1:9976/plan"); !strings.Contains(plan, "scheduler lc becomes wlc") {
			return fmt.Errorf("the plan is\n%s", plan)
		}
		return nil
	})
	stop()
	if after := shIn(t, "fresh", "ipvsadm -S -n; ls "+filepath.Dir(config)); after != before+"weight-tuner.yaml\n" {
		t.Errorf("under dry_run: true the table became\n%s\nfrom\n%s", after, before)
	}

	sh(t, "sed -i 's/^dry_run: true/dry_run: false/' "+config)
	startIn(t, "fresh", run, tunerMetrics)
	eventually(t, func() error {
		if table := shIn(t, "fresh", "ipvsadm -S -n"); !strings.Contains(table, "--sctp-service 10.0.1.100:9000 -s wlc") {
			return fmt.Errorf("the table is\n%s", table)
		}
		return nil
	})
}
