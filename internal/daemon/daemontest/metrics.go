package daemontest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Metrics returns a table of what collectors describe, sorted by name.
func Metrics(t *testing.T, of ...prometheus.Collector) string {
	t.Helper()
	histograms := histogramsOf(t, of)
	var rows [][]string
	for _, d := range descriptions(of) {
		name, help, labels := described(t, d)
		kind := "gauge"
		switch {
		case slices.Contains(histograms, name):
			kind = "histogram"
		case strings.HasSuffix(name, "_total"): // which linting holds to
			kind = "counter"
		}
		rows = append(rows, []string{Code(name), kind, unit(name), labels, plain(help)})
	}
	slices.SortFunc(rows, slices.Compare)
	return Table(append([][]string{{"metric", "type", "unit", "labels", "what"}}, rows...))
}

func descriptions(of []prometheus.Collector) []*prometheus.Desc {
	ch := make(chan *prometheus.Desc, 1000)
	for _, c := range of {
		c.Describe(ch)
	}
	close(ch)
	var all []*prometheus.Desc
	for d := range ch {
		all = append(all, d)
	}
	return all
}

// histogramsOf returns the names of those that have values.
func histogramsOf(t *testing.T, of []prometheus.Collector) []string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(of...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		if f.GetType() == dto.MetricType_HISTOGRAM {
			names = append(names, f.GetName())
		}
	}
	return names
}

// Without returns what a collector describes and has that another one does not
// describe.
func Without(c, other prometheus.Collector) prometheus.Collector { return rest{c, other} }

type rest struct{ whole, other prometheus.Collector }

// Describe implements prometheus.Collector.
func (r rest) Describe(ch chan<- *prometheus.Desc) {
	theirs := r.theirs()
	for _, d := range descriptions([]prometheus.Collector{r.whole}) {
		if !theirs[d.String()] {
			ch <- d
		}
	}
}

// Collect implements prometheus.Collector.
func (r rest) Collect(ch chan<- prometheus.Metric) {
	theirs, all := r.theirs(), make(chan prometheus.Metric)
	go func() {
		r.whole.Collect(all)
		close(all)
	}()
	for m := range all {
		if !theirs[m.Desc().String()] {
			ch <- m
		}
	}
}

func (r rest) theirs() map[string]bool {
	all := map[string]bool{}
	for _, d := range descriptions([]prometheus.Collector{r.other}) {
		all[d.String()] = true
	}
	return all
}

var description = regexp.MustCompile(`fqName: ("[^"]*"), help: ("(?:[^"\\]|\\.)*"), .*constLabels: \{(.*?)\}, variableLabels: \{(.*?)\}`)

// described reads what a description prints, which it tells in no other way.
func described(t *testing.T, d *prometheus.Desc) (name, help, labels string) {
	t.Helper()
	found := description.FindStringSubmatch(d.String())
	if found == nil {
		t.Fatalf("not read: %s", d)
	}
	name, errName := strconv.Unquote(found[1])
	help, errHelp := strconv.Unquote(found[2])
	if errName != nil || errHelp != nil {
		t.Fatalf("not read: %s", d)
	}
	var all []string
	for _, constant := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(found[3], -1) {
		all = append(all, Code(constant[1]))
	}
	for variable := range strings.SplitSeq(found[4], ",") {
		if variable != "" {
			all = append(all, Code(variable))
		}
	}
	return name, help, strings.Join(all, ", ")
}

// unit returns what a metric counts or measures, by the last words of its name;
// "" is a number.
func unit(metric string) string {
	words := strings.Split(strings.TrimSuffix(metric, "_total"), "_")
	last := words[len(words)-1]
	switch {
	case strings.HasSuffix(metric, "_timestamp_seconds"):
		return "seconds since 1970"
	case strings.HasSuffix(metric, "_per_second"):
		return fmt.Sprintf("%s per second", words[len(words)-3])
	case last == "ratio":
		return "part of 1"
	case last == "info":
		return "1"
	case slices.Contains([]string{"seconds", "bytes", "packets", "connections", "servers", "services", "buckets"}, last):
		return last
	}
	return ""
}
