package scaling

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const examples = "../../examples/autoscaling/"

// The parts of the public schemas that the examples use; the keys are theirs.
type (
	header struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct{ Name string }
	}
	target struct {
		APIVersion string `yaml:"apiVersion"`
		Kind, Name string
	}
	rules struct {
		StabilizationWindowSeconds *int `yaml:"stabilizationWindowSeconds"`
	}
	behavior struct {
		ScaleUp   rules `yaml:"scaleUp"`
		ScaleDown rules `yaml:"scaleDown"`
	}
	// scaledObject is of keda.sh/v1alpha1.
	scaledObject struct {
		header `yaml:",inline"`
		Spec   struct {
			ScaleTargetRef  target `yaml:"scaleTargetRef"`
			MinReplicaCount int    `yaml:"minReplicaCount"`
			MaxReplicaCount int    `yaml:"maxReplicaCount"`
			PollingInterval int    `yaml:"pollingInterval"`
			Fallback        struct {
				FailureThreshold int `yaml:"failureThreshold"`
				Replicas         int
			}
			Advanced struct {
				HorizontalPodAutoscalerConfig struct{ Behavior behavior } `yaml:"horizontalPodAutoscalerConfig"`
			}
			Triggers []struct {
				Type       string
				MetricType string `yaml:"metricType"`
				Metadata   struct {
					ServerAddress    string `yaml:"serverAddress"`
					Query            string
					Threshold        text
					IgnoreNullValues text `yaml:"ignoreNullValues"`
				}
			}
		}
	}
	// autoscaler is of autoscaling/v2.
	autoscaler struct {
		header `yaml:",inline"`
		Spec   struct {
			ScaleTargetRef target `yaml:"scaleTargetRef"`
			MinReplicas    int    `yaml:"minReplicas"`
			MaxReplicas    int    `yaml:"maxReplicas"`
			Metrics        []struct {
				Type     string
				External struct {
					Metric struct{ Name string }
					Target struct {
						Type         string
						AverageValue text `yaml:"averageValue"`
					}
				}
			}
			Behavior behavior
		}
	}
	// adapter is the values of the chart prometheus-adapter.
	adapter struct {
		Rules struct {
			Default  *bool
			External []struct {
				SeriesQuery string `yaml:"seriesQuery"`
				Resources   struct{ Namespaced *bool }
				Name        struct{ As string }
				Query       string `yaml:"metricsQuery"`
			}
		}
	}
)

// text is a value that has to be quoted: its field is a string.
type text string

func (t *text) UnmarshalYAML(node *yaml.Node) error {
	if node.ShortTag() != "!!str" {
		return errors.New(node.Value + " is not quoted")
	}
	*t = text(node.Value)
	return nil
}

// read reads an example, which must have no unknown key.
func read(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(examples + name)
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(content))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestKEDA(t *testing.T) {
	var o scaledObject
	read(t, "keda.yaml", &o)
	s := o.Spec
	if o.APIVersion != "keda.sh/v1alpha1" || o.Kind != "ScaledObject" || o.Metadata.Name == "" || s.ScaleTargetRef.Name == "" {
		t.Errorf("got %+v", o)
	}
	if len(s.Triggers) != 1 || s.Triggers[0].Type != "prometheus" || s.Triggers[0].MetricType != "AverageValue" {
		t.Fatalf("got %+v", s.Triggers)
	}
	m := s.Triggers[0].Metadata
	if m.Threshold != "1" || m.IgnoreNullValues != "false" || m.ServerAddress == "" {
		t.Errorf("got %+v", m)
	}
	if s.MinReplicaCount < 1 || s.Fallback.Replicas < s.MinReplicaCount || s.Fallback.Replicas > s.MaxReplicaCount {
		t.Errorf("replicas: %+v", s)
	}
	atOnce(t, s.Advanced.HorizontalPodAutoscalerConfig.Behavior)
	shown(t, m.Query)
}

func TestHPA(t *testing.T) {
	var h autoscaler
	read(t, "hpa.yaml", &h)
	var a adapter
	read(t, "prometheus-adapter.yaml", &a)
	if h.APIVersion != "autoscaling/v2" || h.Kind != "HorizontalPodAutoscaler" || len(h.Spec.Metrics) != 1 || len(a.Rules.External) != 1 {
		t.Fatalf("got %+v and %+v", h, a)
	}
	m, rule := h.Spec.Metrics[0], a.Rules.External[0]
	if m.Type != "External" || m.External.Target.Type != "AverageValue" || m.External.Target.AverageValue != "1" {
		t.Errorf("got %+v", m)
	}
	if m.External.Metric.Name != rule.Name.As || rule.Resources.Namespaced == nil || *rule.Resources.Namespaced {
		t.Errorf("%+v is not what %+v serves", m, rule)
	}
	atOnce(t, h.Spec.Behavior)
	shown(t, rule.SeriesQuery)
	if !strings.HasPrefix(rule.Query, "max(<<.Series>>{") {
		t.Errorf("query %s", rule.Query)
	}
}

// atOnce wants no second stabilisation.
func atOnce(t *testing.T, b behavior) {
	t.Helper()
	for _, r := range []rules{b.ScaleUp, b.ScaleDown} {
		if r.StabilizationWindowSeconds == nil || *r.StabilizationWindowSeconds != 0 {
			t.Errorf("stabilizes again: %+v", b)
		}
	}
}

// shown wants the metrics of a query to be among those that the tuner shows.
func shown(t *testing.T, query string) {
	t.Helper()
	metrics, err := os.ReadFile("../testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`weight_tuner_\w+`).FindAllString(query, -1)
	if len(names) == 0 {
		t.Errorf("%s has no metric of the tuner", query)
	}
	for _, name := range names {
		if !bytes.Contains(metrics, []byte("\n"+name+`{netns="",service=`)) {
			t.Errorf("%s: the tuner has no metric %s by service", query, name)
		}
	}
}

// TestScript runs scale.sh on the plan that the tuner's tests have, in which
// tcp/10.0.1.1:80 has 3 available servers and needs 6.
func TestScript(t *testing.T) {
	plan, err := os.ReadFile("../testdata/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, service string
		desired       string
		want          string // on standard output and error
		fails         bool
	}{
		{"more needed", "tcp/10.0.1.1:80", "6", "<scale><to the web=6>", false},
		{"as many as there are", "tcp/10.0.1.1:80", "3", "", false},
		{"capacity not known", "tcp/10.0.1.2:80", "6", "how many real servers tcp/10.0.1.2:80 needs is not known\n", true},
		{"no such service", "tcp/10.0.9.9:80", "6", "how many real servers tcp/10.0.9.9:80 needs is not known\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			programs := t.TempDir()
			told := bytes.ReplaceAll(plan, []byte(`"desired_servers": 6`), []byte(`"desired_servers": `+tt.desired))
			fake := "#!/bin/sh\n[ \"$*\" = 'plan --config.file=c.yaml --format=json --no-save' ] && cat <<'EOF'\n" + string(told) + "EOF\n"
			if err := os.WriteFile(filepath.Join(programs, "weight-tuner"), []byte(fake), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(examples+"scale.sh", "c.yaml", tt.service, "printf", "<%s>", "scale", "to the web=")
			cmd.Env = append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"), "PLAN_FLAGS=--no-save")
			out, err := cmd.CombinedOutput()
			if string(out) != tt.want || (err != nil) != tt.fails {
				t.Errorf("%v: got %q, want %q", err, out, tt.want)
			}
		})
	}
}
