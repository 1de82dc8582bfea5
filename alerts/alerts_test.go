// Package alerts_test holds each alert to what whom it wakes needs: how bad it
// is, what it means and what to do about it, and to tests of its expression.
package alerts_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const runbooks = "https://github.com/ipvs-autopilot/ipvs-autopilot/blob/main/docs/runbooks/"

// rule is an alert, or a recording rule: then Alert is "".
type rule struct {
	Alert, Record, Expr, For string
	Labels, Annotations      map[string]string
}

// group is evaluated in its order, beside others.
type group struct {
	Name  string
	Rules []rule
}

func groups(t *testing.T, program string) []group {
	t.Helper()
	var file struct{ Groups []group }
	read(t, program+".yaml", &file)
	return file.Groups
}

// alerts returns those of a program.
func alerts(t *testing.T, program string) (alerts []rule) {
	t.Helper()
	for _, g := range groups(t, program) {
		for _, r := range g.Rules {
			if r.Alert != "" {
				alerts = append(alerts, r)
			}
		}
	}
	if len(alerts) == 0 {
		t.Fatalf("no alerts on %s", program)
	}
	return alerts
}

// read decodes a file, in which nothing else may stand than in the structure.
func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func TestAlertsSayWhatToDo(t *testing.T) {
	var known []string
	for program, prefix := range map[string]string{"ipvs-exporter": "Ipvs", "weight-tuner": "WeightTuner"} {
		for _, a := range alerts(t, program) {
			known = append(known, a.Alert+".md")
			for _, problem := range a.problems(prefix) {
				t.Errorf("%s: %s", a.Alert, problem)
			}
		}
	}
	files, err := os.ReadDir("../docs/runbooks")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(known, f.Name()) {
			t.Errorf("docs/runbooks/%s is of no alert", f.Name())
		}
	}
}

func (a rule) problems(prefix string) (problems []string) {
	if !strings.HasPrefix(a.Alert, prefix) {
		problems = append(problems, "its name does not begin with "+prefix)
	}
	if s := a.Labels["severity"]; !slices.Contains([]string{"critical", "warning", "info"}, s) {
		problems = append(problems, fmt.Sprintf("severity %q", s))
	}
	for name, text := range map[string]string{"for": a.For, "summary": a.Annotations["summary"], "description": a.Annotations["description"]} {
		if text == "" {
			problems = append(problems, "no "+name)
		}
	}
	if got, want := a.Annotations["runbook_url"], runbooks+a.Alert+".md"; got != want {
		problems = append(problems, fmt.Sprintf("runbook_url %q, want %q", got, want))
	}
	return append(problems, a.inRunbook()...)
}

// inRunbook tells what the runbook lacks.
func (a rule) inRunbook() (problems []string) {
	text, err := os.ReadFile(filepath.Join("../docs/runbooks", a.Alert+".md"))
	if err != nil {
		return []string{err.Error()}
	}
	for _, want := range []string{"# " + a.Alert + "\n", "**Who is hurt.**", "**Look.**", "**Do.**", "**Harmless.**"} {
		if !strings.Contains(string(text), want) {
			problems = append(problems, fmt.Sprintf("no %q in its runbook", want))
		}
	}
	return problems
}

// TestRecordsComeFirst wants what a rule asks for to be recorded before it, in
// its group: groups are evaluated in any order.
func TestRecordsComeFirst(t *testing.T) {
	recorded := regexp.MustCompile(`\b(server|service|source|instance):\w+:\w+`)
	for _, program := range []string{"ipvs-exporter", "weight-tuner"} {
		for _, g := range groups(t, program) {
			before := map[string]bool{}
			for _, r := range g.Rules {
				for _, name := range recorded.FindAllString(r.Expr, -1) {
					if !before[name] {
						t.Errorf("%s%s asks for %s, which is not recorded before it in %s", r.Alert, r.Record, name, g.Name)
					}
				}
				before[r.Record] = true
			}
		}
	}
}

// ruleTest is one of promtool's, as far as it is of alerts.
type ruleTest struct {
	Name           string
	Interval       string
	InputSeries    []map[string]string `yaml:"input_series"`
	PromqlExprTest []any               `yaml:"promql_expr_test"`
	AlertRuleTest  []struct {
		Alertname string
		EvalTime  string `yaml:"eval_time"`
		ExpAlerts []any  `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

// TestAlertsAreTested wants of each alert a test in which it fires, and another
// one in which it never does.
func TestAlertsAreTested(t *testing.T) {
	for _, program := range []string{"ipvs-exporter", "weight-tuner"} {
		var file struct {
			RuleFiles          []string `yaml:"rule_files"`
			EvaluationInterval string   `yaml:"evaluation_interval"`
			Tests              []ruleTest
		}
		read(t, filepath.Join("tests", program+".yaml"), &file)
		for _, a := range alerts(t, program) {
			fires, silent := false, false
			for _, test := range file.Tests {
				asked, fired := test.of(a.Alert)
				fires, silent = fires || fired, silent || asked && !fired
			}
			if !fires || !silent {
				t.Errorf("%s: fires in a test: %v, and never does in another one: %v", a.Alert, fires, silent)
			}
		}
	}
}

// of reports whether the test asks for an alert, and whether it fires in it.
func (r ruleTest) of(alert string) (asked, fires bool) {
	for _, at := range r.AlertRuleTest {
		if at.Alertname == alert {
			asked, fires = true, fires || len(at.ExpAlerts) > 0
		}
	}
	return asked, fires
}

// TestAlertsAreListed wants the table of docs/alerts.md to be that of the rules.
func TestAlertsAreListed(t *testing.T) {
	text, err := os.ReadFile("../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, program := range []string{"ipvs-exporter", "weight-tuner"} {
		for _, a := range alerts(t, program) {
			count++
			line := fmt.Sprintf("| [%s](runbooks/%s.md) | %s | %s |", a.Alert, a.Alert, a.Labels["severity"], a.For)
			if !strings.Contains(string(text), "\n"+line) {
				t.Errorf("docs/alerts.md has no line %s", line)
			}
		}
	}
	if listed := strings.Count(string(text), "](runbooks/"); listed != count {
		t.Errorf("docs/alerts.md lists %d alerts, there are %d", listed, count)
	}
}
