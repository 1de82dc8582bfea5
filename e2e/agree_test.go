//go:build lab

package e2e

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exporter is one that runs in a network namespace, with all collectors.
type exporter struct{ namespace string }

func startExporter(t *testing.T, namespace string, flags ...string) exporter {
	t.Helper()
	command := append([]string{
		"ipvs-exporter", "--web.listen-address=127.0.0.1:9975",
		"--collector.rates", "--collector.connections", "--collector.percpu",
	}, flags...)
	startIn(t, namespace, strings.Join(command, " "), exporterMetrics)
	return exporter{namespace}
}

// agree waits until the exporter shows of its own network namespace exactly
// what ipvsadm and /proc print there, and the given values besides, which the
// kernel may bring only with its next update of the counters. It returns all
// that was shown then.
func (e exporter) agree(t *testing.T, special samples) samples {
	t.Helper()
	return e.agreeOn(t, view{namespace: e.namespace}, special)
}

// view is how an exporter shows a network namespace.
type view struct {
	namespace, netns string
	names            map[string]string // of virtual services that have one
}

// agreeOn does the same for any network namespace.
func (e exporter) agreeOn(t *testing.T, v view, special samples) samples {
	t.Helper()
	exported := func() samples { return scrape(t, e.namespace, exporterMetrics, "ipvs_").of(v.netns) }
	var got samples
	eventually(t, func() error {
		differences := lacking(exported(), special)
		if len(differences) == 0 { // and what takes long to print is worth it
			before := expectAll(t, v)
			got = exported()
			differences = append(compare(got, before, expectAll(t, v)), lacking(got, special)...)
		}
		if len(differences) > 0 {
			return errors.New(strings.Join(differences, "\n"))
		}
		return nil
	})
	return got
}

// compare lists the series that are exported by one side only, or with a value
// that is not between what was printed before and after: numbers change with
// time, on a busy machine more than once from one to the other.
func compare(got, before, after samples) []string {
	all := maps.Clone(got)
	maps.Copy(all, before)
	maps.Copy(all, after)
	var differences []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		exported := got.text(name)
		if exported != before.text(name) && exported != after.text(name) && !between(name, before, got, after) && !own(name) {
			differences = append(differences, name+": exported "+exported+", printed "+after.text(name))
		}
	}
	return differences
}

// between reports whether all three have a series, and the second one has it at
// a value between the others'.
func between(name string, one, two, three samples) bool {
	_, before := one[name]
	value, there := two[name]
	_, after := three[name]
	return before && there && after && min(one[name], three[name]) <= value && value <= max(one[name], three[name])
}

func lacking(got, want samples) []string {
	var differences []string
	for name := range want {
		if got.text(name) != want.text(name) {
			differences = append(differences, name+": exported "+got.text(name)+", want "+want.text(name))
		}
	}
	return differences
}

// own tells what an exporter says of its own work, or makes of the table by a
// rule that is its own.
func own(series string) bool {
	name, _, _ := strings.Cut(series, "{")
	switch name {
	case "ipvs_table_fingerprint", "ipvs_read_retries_total", "ipvs_read_duplicates_total":
		return true
	}
	return false
}

func (s samples) text(name string) string {
	value, found := s[name]
	if !found {
		return "nothing"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}
