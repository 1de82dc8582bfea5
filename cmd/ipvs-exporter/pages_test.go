package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// Every metric is on the page, by what has it.
func TestMetricsPage(t *testing.T) {
	none := func() []collector.Director { return nil }
	own := collector.New(none, collector.Options{Collectors: []string{}})
	var text strings.Builder
	for _, name := range collector.Names() {
		state := "off by default: `--" + flagOf(name) + "`"
		if slices.Contains(collector.Defaults(), name) {
			state = "on by default"
		}
		c := []prometheus.Collector{daemontest.Without(collector.New(none, collector.Options{Collectors: []string{name}}), own)}
		if name == collector.NameLatency { // whose histograms tell what they are by their values alone
			c = []prometheus.Collector{daemontest.Without(newMeasured(), own), newAttachedCollector(func() passive.Method { return passive.Fentry })}
		}
		fmt.Fprintf(&text, "### Collector `%s`\n\nOf %s; %s.\n\n%s\n", name, collector.Help(name), state,
			daemontest.Metrics(t, c...))
	}
	fmt.Fprintf(&text, "### Of the exporter's own work\n\nAlways there.\n\n%s",
		daemontest.Metrics(t, own, newNamesCollector(nil), version.NewCollector("ipvs_exporter")))
	daemontest.Section{Page: "../../docs/metrics.md", Name: "ipvs-exporter"}.Expect(t, text.String())
}

func TestFlagsPage(t *testing.T) {
	app, _ := newApplication()
	daemontest.Section{Page: "../../docs/configuration.md", Name: "flags of ipvs-exporter"}.Expect(t, daemontest.Flags(app.Model().Flags))
}

// measured is a director with a real server whose times are known.
type measured struct{ collector.Director }

func newMeasured() *collector.Collector {
	return collector.New(func() []collector.Director { return []collector.Director{measured{}} }, collector.Options{
		Collectors: []string{collector.NameLatency},
		Latency: func() (all []passive.Reading, _ []passive.Loss, _ error) {
			s := ipvstest.Services()[0]
			for _, m := range []passive.Measure{passive.Connect, passive.FirstByte} {
				all = append(all, passive.Reading{Service: s.ID, Server: s.Servers[0].ID, Measure: m})
			}
			return all, nil, nil
		},
	})
}

func (measured) Netns() string               { return "" }
func (measured) NetnsInode() (uint64, error) { return 0, nil }
func (measured) Reuse(*ipvs.Table)           {}
func (measured) Table() (*ipvs.Table, error) {
	return &ipvs.Table{Services: ipvstest.Services()}, nil
}
