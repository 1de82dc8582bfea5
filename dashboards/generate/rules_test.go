package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v4"
)

// ruleFile is what the tests read of a file of rules.
type ruleFile struct {
	Groups []struct {
		Rules []struct {
			Alert, Record, Expr string
			Labels, Annotations map[string]string
		}
	}
}

func TestRulesAskForWhatIsExported(t *testing.T) {
	metrics := exported(t)
	for file, f := range readRules(t, metrics) {
		for _, problem := range f.problems(metrics) {
			t.Errorf("%s: %s", file, problem)
		}
	}
}

// readRules reads the files of rules, and adds what they record to the metrics.
func readRules(t *testing.T, metrics map[string]labelSet) map[string]ruleFile {
	t.Helper()
	files, err := filepath.Glob("../../alerts/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of rules, error %v", len(files), err)
	}
	rules := map[string]ruleFile{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var f ruleFile
		if err := yaml.Unmarshal(text, &f); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		rules[file] = f
		f.addRecords(metrics)
	}
	return rules
}

// addRecords adds what recording rules make.
func (f ruleFile) addRecords(metrics map[string]labelSet) {
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				answer, _ := check(metrics, r.Expr)
				for label := range r.Labels {
					answer = answer.with(label)
				}
				metrics[r.Record] = answer
			}
		}
	}
}

// problems are those of expressions, and labels in texts that are not there.
func (f ruleFile) problems(metrics map[string]labelSet) []string {
	var all []string
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			answer, problems := check(metrics, r.Expr)
			for _, p := range problems {
				all = append(all, r.Alert+r.Record+": "+p)
			}
			for _, text := range r.Annotations {
				for _, label := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
					if _, own := r.Labels[label[1]]; !own && !answer[label[1]] {
						all = append(all, r.Alert+": no label "+label[1]+" to tell of")
					}
				}
			}
		}
	}
	return all
}
