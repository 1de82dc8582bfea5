//go:build lab

package prometheus_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAutoscalingQueries has Prometheus's own parser read the queries of the
// examples, as expressions of rules.
func TestAutoscalingQueries(t *testing.T) {
	tools := unpackPrometheus(t)
	query := regexp.MustCompile(`(?m)^ +-? ?(?:query|seriesQuery|metricsQuery): '?(.*?)'?$`)
	var rules strings.Builder
	rules.WriteString("groups:\n- name: examples\n  rules:\n")
	count := 0
	for _, name := range []string{"keda.yaml", "prometheus-adapter.yaml"} {
		text, err := os.ReadFile("../../examples/autoscaling/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range query.FindAllSubmatch(text, -1) {
			count++
			expression := strings.ReplaceAll(string(found[1]), "<<.Series>>", "weight_tuner_service_desired_servers")
			rules.WriteString("  - {record: 'example" + strings.Repeat("_", count) + "', expr: '" + expression + "'}\n")
		}
	}
	if count != 3 {
		t.Fatalf("%d queries in the examples, want 3", count)
	}
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(filepath.Join(tools, "promtool"), "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s%s", err, out, rules.String())
	}
}
