//go:build lab

package e2e

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exporter is one that runs in a network namespace.
type exporter struct{ namespace string }

func startExporter(t *testing.T, namespace string, flags ...string) exporter {
	t.Helper()
	command := append([]string{"ipvs-exporter", "--web.listen-address=127.0.0.1:9975"}, flags...)
	startIn(t, namespace, strings.Join(command, " "), exporterMetrics)
	return exporter{namespace}
}

// agree waits until the exporter shows of its own network namespace exactly
// what ipvsadm and /proc print there, and the given values besides, which the
// kernel may bring only with its next update of the counters. It returns all
// that was shown then.
func (e exporter) agree(t *testing.T, special samples) samples {
	t.Helper()
	return e.agreeOn(t, e.namespace, "", special)
}

// agreeOn does the same for another network namespace, given its label.
func (e exporter) agreeOn(t *testing.T, namespace, netns string, special samples) samples {
	t.Helper()
	var got samples
	eventually(t, func() error {
		got = scrape(t, e.namespace, exporterMetrics, "ipvs_").of(netns)
		differences := append(compare(got, expectTable(t, namespace)), lacking(got, special)...)
		if len(differences) > 0 {
			return errors.New(strings.Join(differences, "\n"))
		}
		return nil
	})
	return got
}

// compare lists what only one side has, and what has another value.
func compare(got, printed samples) []string {
	differences := lacking(got, printed)
	for name, value := range got {
		if _, found := printed[name]; !found && !own(name) {
			differences = append(differences, name+": exported "+text(value, true)+", not printed by ipvsadm")
		}
	}
	slices.Sort(differences)
	return differences
}

func lacking(got, want samples) []string {
	var differences []string
	for name, value := range want {
		if v, found := got[name]; !found || v != value {
			differences = append(differences, name+": exported "+text(v, found)+", want "+text(value, true))
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

func text(value float64, found bool) string {
	if !found {
		return "nothing"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}
