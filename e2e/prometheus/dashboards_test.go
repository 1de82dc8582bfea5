//go:build lab

package prometheus_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestDashboardsAreAnswered has a Prometheus scrape both programs on a director
// on which all happens that dashboards show. Every query has an answer then, for
// one virtual service at least, and every panel for every service.
func TestDashboardsAreAnswered(t *testing.T) {
	tools := unpackPrometheus(t)
	targets := startDirector(t, "dashboards.sh", []string{"./cmd/ipvs-exporter", "./cmd/weight-tuner", "./lab/cmd/labtool"},
		[]string{"dashboards.yaml"}, 9975, 9976)
	g := grafana{t, startPrometheus(t, tools, targets...), map[string]bool{}}
	files, err := filepath.Glob("../../dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d dashboards, error %v", len(files), err)
	}
	for _, file := range files {
		d := readDashboard(t, file)
		eventually(t, func() error { return d.unanswered(g) })
	}
}

// unanswered tells of panels that show nothing and queries without an answer.
func (d dashboard) unanswered(g grafana) error {
	choices := g.choices(d)
	if len(choices) == 0 {
		return fmt.Errorf("%s: no virtual service to choose", d.Title)
	}
	var missing []string
	for _, p := range d.Panels {
		missing = append(missing, p.unanswered(g, choices)...)
	}
	for _, a := range d.Annotations.List {
		if len(answeredFor(g, target{Expr: a.Expr}, choices)) == 0 {
			missing = append(missing, "annotations: "+a.Expr)
		}
	}
	if len(missing) > 0 {
		return errors.New(d.Title + ":\n" + strings.Join(missing, "\n"))
	}
	return nil
}

func (p panel) unanswered(g grafana, choices []choice) (missing []string) {
	shown := map[string]bool{}
	for _, q := range p.Targets {
		services := answeredFor(g, q, choices)
		for _, s := range services {
			shown[s] = true
		}
		if len(services) == 0 && !q.saysNone() {
			missing = append(missing, p.Title+": "+q.Expr)
		}
	}
	for _, c := range choices {
		if !shown[c["service"]] && p.Type != "row" {
			missing = append(missing, p.Title+": nothing of "+c["service"])
		}
	}
	return missing
}

// answeredFor returns the services for which a query has an answer.
func answeredFor(g grafana, q target, choices []choice) (services []string) {
	for _, c := range choices {
		if g.answers(q, c) {
			services = append(services, c["service"])
		}
	}
	return services
}
