package main

import (
	"bytes"
	"os"
	"testing"
)

const folder = ".."

func TestDashboardsAreThoseGenerated(t *testing.T) {
	for _, b := range boards() {
		want, err := b.text()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(folder + "/" + b.name + ".json")
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s.json is not what is generated (error %v): type make dashboards", b.name, err)
		}
	}
}

// TestPanelsSayWhatTheyShow looks for what is easily forgotten.
func TestPanelsSayWhatTheyShow(t *testing.T) {
	for _, b := range boards() {
		for _, r := range b.rows {
			for _, p := range r.panels {
				if p.title == "" || p.description == "" || p.unit == "" || p.width == 0 || len(p.steps) == 0 || len(p.queries) == 0 {
					t.Errorf("%s, %s: something is missing", b.name, p.title)
				}
				for _, q := range p.queries {
					if q.legend == "" && (len(p.queries) > 1 || p.kind != number && p.kind != list) {
						t.Errorf("%s, %s: no legend", b.name, p.title)
					}
				}
			}
		}
	}
}
