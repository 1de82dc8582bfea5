package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPageNamesPanels reads the page's table, whose last column names panels
// behind letters that stand for the dashboards.
func TestPageNamesPanels(t *testing.T) {
	page, err := os.ReadFile("../../docs/dashboards.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, found := range regexp.MustCompile(`\b([DST]) ((?:table )?"[^"]+"(?:, "[^"]+")*)`).FindAllSubmatch(page, -1) {
		b := boards()[strings.Index("DST", string(found[1]))]
		for _, title := range regexp.MustCompile(`"([^"]+)"`).FindAllSubmatch(found[2], -1) {
			named++
			if !slices.Contains(b.titles(), string(title[1])) {
				t.Errorf("dashboard %s has no panel %q", b.name, title[1])
			}
		}
	}
	if named < 30 {
		t.Errorf("only %d panels are named", named)
	}
}

func (b board) titles() (titles []string) {
	for _, r := range b.rows {
		for _, p := range r.panels {
			titles = append(titles, p.title)
		}
	}
	return titles
}
