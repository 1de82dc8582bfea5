package main

import (
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
)

// The queries in the documentation ask for what is exported or recorded.
func TestDocumentedQueries(t *testing.T) {
	metrics := exported(t)
	readRules(t, metrics)
	blocks, err := pages.Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		if b.Kind != "promql" {
			continue
		}
		for _, query := range queries(b.Text) {
			_, problems := check(metrics, query)
			for _, p := range problems {
				t.Errorf("%s: %s: %s", b, query, p)
			}
		}
	}
}

// queries returns those in a block; lines that are indented go on with one.
func queries(text string) []string {
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(text, "\n ", " ")), "\n")
}
