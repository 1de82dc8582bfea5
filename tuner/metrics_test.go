package tuner

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func exampleMetrics() *Metrics {
	m := NewMetrics()
	m.expectSources(plantConfig())
	m.decided([]turn{{plan: examplePlan()}}, false)
	m.count(true, nil)
	m.count(false, errors.New("refused"))
	m.cycleTook(2 * time.Millisecond)
	m.succeeded(after(0.5))
	return m
}

func TestMetricsGolden(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(exampleMetrics())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			t.Fatal(err)
		}
	}
	golden.Expect(t, "metrics.txt", text.Bytes())
	problems, err := testutil.GatherAndLint(registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, problems: %v", err, problems)
	}
}

func TestVanishedSeriesVanish(t *testing.T) {
	m := exampleMetrics()
	gone := examplePlan()
	gone.Services = gone.Services[1:2]
	m.decided([]turn{{plan: gone}}, false)
	count := func(name string) int { return testutil.CollectAndCount(m, metricPrefix+name) }
	if got := count("decisions_total"); got != 1 {
		t.Errorf("decisions of %d services are left", got)
	}
	if got := count("server_weight"); got != 2 {
		t.Errorf("weights of %d servers are left", got)
	}
	m.decided([]turn{{failed: true}}, false)
	if got := count("server_weight"); got != 0 {
		t.Errorf("weights of %d servers are left after a failed read", got)
	}
	if got := count("decisions_total"); got != 1 {
		t.Errorf("decisions of %d services are left after a failed read", got)
	}
}

func TestDryRunShowsTheWeightsThatAre(t *testing.T) {
	plan := situation{weights: []uint32{1, 1, 1}, latency: []float64{1, 1, 4}}.step()
	m := NewMetrics()
	m.decided([]turn{{plan: Plan{Services: []ServicePlan{plan}}}}, true)
	const want = `
# HELP weight_tuner_server_weight Weight that the last decision left the real server with.
# TYPE weight_tuner_server_weight gauge
weight_tuner_server_weight{netns="",server="10.0.1.1:80",service="tcp/10.0.0.1:80"} 1
weight_tuner_server_weight{netns="",server="10.0.1.2:80",service="tcp/10.0.0.1:80"} 1
weight_tuner_server_weight{netns="",server="10.0.1.3:80",service="tcp/10.0.0.1:80"} 1
`
	if err := testutil.CollectAndCompare(m, strings.NewReader(want), metricPrefix+"server_weight"); err != nil {
		t.Error(err)
	}
}

func TestUpperThresholdsAreShownWhereTheyAre(t *testing.T) {
	p := ServicePlan{Service: plantService, Servers: []ServerPlan{
		{Server: plantServer(0)}, {Server: plantServer(1), UpperThreshold: 500, PreviousUpperThreshold: 400},
	}}
	const series = `
# HELP weight_tuner_server_upper_threshold_connections Upper threshold that the last decision left the real server with, where it has one.
# TYPE weight_tuner_server_upper_threshold_connections gauge
weight_tuner_server_upper_threshold_connections{netns="blue",server="10.0.1.2:80",service="tcp/10.0.0.1:80"} `
	for dryRun, want := range map[bool]string{false: "500\n", true: "400\n"} {
		m := NewMetrics()
		m.decided([]turn{{Netns: Netns{File: "/run/netns/blue"}, plan: Plan{Services: []ServicePlan{p}}}}, dryRun)
		if err := testutil.CollectAndCompare(m, strings.NewReader(series+want), metricPrefix+"server_upper_threshold_connections"); err != nil {
			t.Error(err)
		}
	}
}

func TestSourceErrorsAreCountedOnce(t *testing.T) {
	cfg := plantConfig()
	cfg.Services = append(cfg.Services, ServiceConfig{Match: ipvs.MarkService(ipvs.IPv4, 1).String(), Source: ServiceSource{[]string{string(Connections)}, string(Connections)}})
	m := NewMetrics()
	m.tableFailed(cfg)
	if got := testutil.ToFloat64(m.sourceErrors.WithLabelValues(string(Connections))); got != 1 {
		t.Errorf("counted %v", got)
	}
}
