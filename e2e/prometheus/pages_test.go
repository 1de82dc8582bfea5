//go:build lab

package prometheus_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
)

// promtool takes the configurations of Prometheus in the documentation, with the
// rules that they name.
func TestDocumentedConfigurations(t *testing.T) {
	promtool := filepath.Join(unpackPrometheus(t), "promtool")
	rules, err := filepath.Abs("../../alerts")
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := pages.Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		if b.Kind != "yaml prometheus" {
			continue
		}
		file := filepath.Join(t.TempDir(), "prometheus.yml")
		text := strings.ReplaceAll(b.Text, "/etc/prometheus", rules)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(promtool, "check", "config", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", b, err, out)
		}
	}
}
