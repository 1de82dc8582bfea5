package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
)

// Every metric that the documentation names is one.
func TestDocumentedMetricsExist(t *testing.T) {
	descs := make(chan *prometheus.Desc, 1000)
	for _, c := range []prometheus.Collector{
		collector.New(nil, collector.Options{Collectors: collector.Names()}), newNamesCollector(nil), newAttachedCollector(nil),
		version.NewCollector("ipvs_exporter"),
	} {
		c.Describe(descs)
	}
	close(descs)
	var all strings.Builder
	for d := range descs {
		all.WriteString(d.String())
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile("`((?:node_)?ipvs_[a-z_]+)").FindAllSubmatch(text, -1) {
			if metric := string(name[1]); !strings.HasSuffix(metric, "_") && !strings.Contains(all.String(), `fqName: "`+metric+`"`) {
				t.Errorf("%s names %s, which there is not", page, metric)
			}
		}
	}
}
