package main

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestMetricsPage(t *testing.T) {
	daemontest.Section{Page: "../../docs/metrics.md", Name: "weight-tuner"}.Expect(t,
		daemontest.Metrics(t, tuner.NewMetrics(), version.NewCollector("weight_tuner")))
}

func TestFlagsPage(t *testing.T) {
	app, _ := newApplication(io.Discard, io.Discard)
	model := app.Model()
	var text strings.Builder
	fmt.Fprintf(&text, "Of all commands:\n\n%s\n", daemontest.Flags(model.Flags))
	for _, c := range model.Commands {
		if c.Name != "help" {
			fmt.Fprintf(&text, "### `weight-tuner %s`\n\n%s\n\n%s\n", c.Name, c.Help, daemontest.Flags(c.Flags))
		}
	}
	daemontest.Section{Page: "../../docs/configuration.md", Name: "flags of weight-tuner"}.Expect(t, text.String())
}
