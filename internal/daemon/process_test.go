package daemon

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// TestProcessCollector has the metrics be those of client_golang, but the
// network namespace's.
func TestProcessCollector(t *testing.T) {
	want := gathered(t, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	got := gathered(t, NewProcessCollector())
	maps.DeleteFunc(want, func(name string, _ metric) bool { return strings.HasPrefix(name, "process_network_") })
	if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
		t.Fatalf("got %v, want %v", a, b)
	}
	for name, f := range want {
		g, within := got[name], 0.2*f.value
		if g.help != f.help || g.kind != f.kind {
			t.Errorf("%s: got %v, want %v", name, g, f)
		}
		switch name {
		case "process_start_time_seconds", "process_cpu_seconds_total":
			within = 1
		}
		if math.Abs(g.value-f.value) > within {
			t.Errorf("%s is %v, want %v", name, g.value, f.value)
		}
	}
}

// metric is a family of one series.
type metric struct {
	help, kind string
	value      float64
}

func gathered(t *testing.T, c prometheus.Collector) map[string]metric {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]metric)
	for _, f := range families {
		m := f.GetMetric()[0]
		all[f.GetName()] = metric{f.GetHelp(), f.GetType().String(), m.GetGauge().GetValue() + m.GetCounter().GetValue()}
	}
	return all
}
