//go:build lab

package prometheus_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// dashboard is what Grafana reads of one, as far as it matters to Prometheus.
type dashboard struct {
	Title      string
	Panels     []panel
	Templating struct{ List []variable }

	Annotations struct{ List []struct{ Expr string } }
}

type panel struct {
	Title, Type string
	Targets     []target
}

type target struct {
	Expr    string
	Instant bool // now, else over time
}

// saysNone tells whether the query is there for when another has no answer.
func (q target) saysNone() bool { return strings.HasPrefix(q.Expr, "vector(0) unless ") }

type variable struct {
	Name, AllValue string
	IncludeAll     bool
	Query          any
}

// choice has the values of a dashboard's variables.
type choice map[string]string

func readDashboard(t *testing.T, file string) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return d
}

// grafana asks Prometheus as Grafana would, where the programs are scraped
// every second.
type grafana struct {
	t          *testing.T
	prometheus string
	answered   map[string]bool // queries that had an answer once: a machine that is busy misses scrapes
}

// choices are all that can be chosen with one value, with all of the others.
func (g grafana) choices(d dashboard) []choice {
	choices := []choice{{"__rate_interval": "10s", "__interval": "5s", "__range": "5m"}}
	for _, v := range d.Templating.List {
		if _, isQuery := v.Query.(map[string]any); !isQuery {
			continue
		}
		var more []choice
		for _, c := range choices {
			for _, value := range g.values(v, c) {
				more = append(more, c.with(v.Name, value))
			}
		}
		choices = more
	}
	return choices
}

func (c choice) with(name, value string) choice {
	more := choice{name: value}
	for n, v := range c {
		more[n] = v
	}
	return more
}

// values are what can be chosen of a variable, or what stands for all of them.
func (g grafana) values(v variable, c choice) []string {
	if v.AllValue != "" {
		return []string{v.AllValue}
	}
	found := regexp.MustCompile(`^label_values\((.+), (\w+)\)$`).FindStringSubmatch(v.Query.(map[string]any)["query"].(string))
	var values []string
	g.get("/api/v1/label/"+found[2]+"/values", url.Values{"match[]": {c.fill(found[1])}}, &values)
	if v.IncludeAll && len(values) > 0 {
		return []string{strings.ReplaceAll("("+strings.Join(quoted(values), "|")+")", `\`, `\\`)}
	}
	return values
}

func quoted(values []string) []string {
	var patterns []string
	for _, v := range values {
		patterns = append(patterns, regexp.QuoteMeta(v))
	}
	return patterns
}

// fill puts what was chosen into a query.
func (c choice) fill(query string) string {
	return os.Expand(query, func(name string) string {
		if value, found := c[name]; found {
			return value
		}
		return "$" + name // of a regular expression
	})
}

// answers tells whether a query has, or had, a number for an answer.
func (g grafana) answers(q target, c choice) bool {
	filled := c.fill(q.Expr)
	if !g.answered[filled] {
		g.answered[filled] = g.hasAnswer(filled, q, c)
	}
	return g.answered[filled]
}

func (g grafana) hasAnswer(filled string, q target, c choice) bool {
	path, now := "/api/v1/query", time.Now()
	query := url.Values{"query": {filled}}
	if !q.Instant {
		path += "_range"
		query.Set("start", fmt.Sprint(now.Add(-5*time.Minute).Unix()))
		query.Set("end", fmt.Sprint(now.Unix()))
		query.Set("step", c["__interval"])
	}
	var answer struct {
		Result []struct {
			Value  []any
			Values [][]any
		}
	}
	g.get(path, query, &answer)
	for _, series := range answer.Result {
		for _, v := range append(series.Values, series.Value) {
			if len(v) == 2 && v[1] != "NaN" {
				return true
			}
		}
	}
	return false
}

// get reads the data of an answer of Prometheus's API.
func (g grafana) get(path string, query url.Values, data any) {
	g.t.Helper()
	text := get(g.t, "http://"+g.prometheus+path+"?"+query.Encode(), "")
	if err := json.Unmarshal([]byte(text), &struct{ Data any }{data}); err != nil {
		g.t.Fatalf("%s: %v", path, err)
	}
}
