package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// A checker that finds nothing would find no mistakes either.
func TestCheckFindsMistakes(t *testing.T) {
	metrics := exported(t)
	for _, tt := range []struct{ name, query string }{
		{"no PromQL", `sum(ipvs_up`},
		{"no metric", `ipvs_upp`},
		{"no metric behind a range", `rate(ipvs_nothing_total[$__rate_interval])`},
		{"no series of a histogram", `ipvs_scrape_collector_duration_seconds_bucket`},
		{"a histogram itself", `weight_tuner_cycle_duration_seconds`},
		{"no label in a selector", `ipvs_up{service="x"}`},
		{"no label to group by", `sum by (server) (ipvs_service_weight)`},
		{"a label that was summed away", `sum by (server) (sum by (service) (ipvs_server_weight))`},
		{"no label to join by", `ipvs_up * on (service) group_left () ipvs_service_weight`},
		{"no label to take over", `ipvs_service_weight * on (service) group_left (forward) ipvs_service_info`},
		{"no label to replace", `label_replace(ipvs_up, "a", "$1", "version", "(.*)")`},
	} {
		if _, problems := check(metrics, tt.query); len(problems) == 0 {
			t.Errorf("%s: nothing is found in %s", tt.name, tt.query)
		}
	}
}

// readBoard is what the tests read of a dashboard's file.
type readBoard struct {
	Panels []struct {
		Title   string
		Targets []struct{ Expr, LegendFormat string }
	}
	Templating struct {
		List []struct {
			Name  string
			Query any
		}
	}
	Annotations struct {
		List []struct{ Expr, TitleFormat string }
	}
}

func TestDashboardsAskForWhatIsExported(t *testing.T) {
	metrics := exported(t)
	for file, b := range readBoards(t) {
		examine := func(where, query, shown string) {
			answer, problems := check(metrics, query)
			for _, p := range problems {
				t.Errorf("%s, %s: %s", file, where, p)
			}
			for _, label := range regexp.MustCompile(`\{\{(\w+)\}\}`).FindAllStringSubmatch(shown, -1) {
				if !answer[label[1]] {
					t.Errorf("%s, %s: no label %q to show", file, where, label[1])
				}
			}
		}
		for _, p := range b.Panels {
			for _, target := range p.Targets {
				examine(p.Title, target.Expr, target.LegendFormat)
			}
		}
		for _, a := range b.Annotations.List {
			examine("annotations", a.Expr, a.TitleFormat)
		}
		for _, v := range b.Templating.List {
			if query, ok := v.Query.(map[string]any); ok {
				found := regexp.MustCompile(`^label_values\((.+), (\w+)\)$`).FindStringSubmatch(query["query"].(string))
				examine("variable "+v.Name, found[1], "{{"+found[2]+"}}")
			}
		}
	}
}

func readBoards(t *testing.T) map[string]readBoard {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.json")
	if err != nil || len(files) != len(boards()) {
		t.Fatalf("%d dashboards, error %v", len(files), err)
	}
	read := map[string]readBoard{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var b readBoard
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		read[filepath.Base(file)] = b
	}
	return read
}
