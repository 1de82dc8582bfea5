//go:build lab

package prometheus_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAlerts has promtool check the alerts, and run their tests.
func TestAlerts(t *testing.T) {
	tools := unpackPrometheus(t)
	for folder, command := range map[string]string{"": "check", "tests": "test"} {
		files, err := filepath.Glob(filepath.Join("../../alerts", folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("alerts/%s has %d files, error %v", folder, len(files), err)
		}
		out, err := exec.Command(filepath.Join(tools, "promtool"), append([]string{command, "rules"}, files...)...).CombinedOutput()
		if err != nil {
			t.Errorf("promtool %s rules: %v\n%s", command, err, out)
		}
	}
}
