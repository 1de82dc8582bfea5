package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/figures"
)

const (
	pageText = "../../../../docs/policies.md.tmpl"
	examples = "../../../../examples/scenarios"
)

// made returns comparisons of the examples with made-up results.
func made(t *testing.T) []compare.Comparison {
	t.Helper()
	scenarios, err := load(examples)
	if err != nil {
		t.Fatal(err)
	}
	var comparisons []compare.Comparison
	for _, s := range scenarios {
		c := compare.Comparison{Scenario: s}
		for i, p := range sim.Policies() {
			c.Rows = append(c.Rows, compare.Row{Policy: p, Runs: []sim.Result{{Policy: p, MeanCostSeconds: float64(len(sim.Policies()) - i)}}})
		}
		comparisons = append(comparisons, c)
	}
	return comparisons
}

// judged returns a made-up verdict.
func judged(t *testing.T) []figures.Verdict {
	t.Helper()
	rows, err := figures.Rows()
	if err != nil {
		t.Fatal(err)
	}
	return []figures.Verdict{{Row: rows[0], Policy: "clever", Median: map[figures.Figure]float64{figures.Cost: 1.014}}}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, text string
		want       string
	}{
		{"not a template", "{{", "unclosed action"},
		{"unknown scenario", `{{figures "none"}}`, "there is no scenario none"},
		{"left out", "nothing", "the template has no place for black-hole"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := write(&strings.Builder{}, test.text, made(t), nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
	for _, args := range [][]string{nil, {"/nonsense", examples}, {pageText, "["}} {
		if err := run(args, &strings.Builder{}); err == nil {
			t.Errorf("no error of %q", args)
		}
	}
}

// The template has a place for each example, and the page that is kept one for
// each policy.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(pageText)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := write(&b, string(text), made(t), judged(t)); err != nil {
		t.Fatal(err)
	}
	want := "| [swarm](#swarm)"
	for i := range sim.Policies() {
		want += fmt.Sprintf(" | %.2f", float64(len(sim.Policies())-i))
	}
	if want += " |\n"; !strings.Contains(b.String(), want) {
		t.Errorf("no %s in\n%s", want, b.String())
	}
	if want := "| capacities-wrr-50-speed | clever | 1.014 |"; !strings.Contains(b.String(), want) {
		t.Errorf("no %s in\n%s", want, b.String())
	}
	page, err := os.ReadFile(strings.TrimSuffix(pageText, ".tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "#") && !strings.Contains(string(page), line) {
			t.Errorf("the page that is kept has no %s", line)
		}
	}
	for _, p := range sim.Policies() {
		if !strings.Contains(string(page), "| "+string(p)+" |") {
			t.Errorf("the page that is kept has nothing of %s", p)
		}
	}
}
