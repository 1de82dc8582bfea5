package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/collectors/version"
	dto "github.com/prometheus/client_model/go"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	weighttuner "github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// labelSet is the labels that series have.
type labelSet map[string]bool

func labelled(names ...string) labelSet {
	set := labelSet{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

// exported has the labels of each metric that the programs describe, and of
// those that Prometheus makes itself.
func exported(t *testing.T) map[string]labelSet {
	t.Helper()
	descs := make(chan *prometheus.Desc, 1000)
	for _, c := range []prometheus.Collector{
		collector.New(nil, collector.Options{Collectors: collector.Names()}), weighttuner.NewMetrics(),
		version.NewCollector("ipvs_exporter"), version.NewCollector("weight_tuner"),
		collectors.NewGoCollector(), daemon.NewProcessCollector(),
	} {
		c.Describe(descs)
	}
	close(descs)
	metrics := map[string]labelSet{
		"up": labelled("job", "instance"), "scrape_duration_seconds": labelled("job", "instance"),
		// The exporter's command has these, and cannot be imported.
		"ipvs_names_source_success":                        labelled("job", "instance", "source"),
		"ipvs_names_source_last_success_timestamp_seconds": labelled("job", "instance", "source"),
	}
	for d := range descs {
		name, set := described(d)
		metrics[name] = set
	}
	for _, name := range append(histograms(t), "ipvs_server_response_seconds", "ipvs_server_connect_seconds") {
		metrics[name+"_bucket"], metrics[name+"_sum"], metrics[name+"_count"] = metrics[name].with("le"), metrics[name], metrics[name]
		delete(metrics, name)
	}
	return metrics
}

// histograms are those of the tuner. The exporter's have no series without servers.
func histograms(t *testing.T) []string {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(weighttuner.NewMetrics())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		if f.GetType() == dto.MetricType_HISTOGRAM {
			names = append(names, f.GetName())
		}
	}
	return names
}

// described reads what a description prints, which it tells in no other way.
func described(d *prometheus.Desc) (name string, set labelSet) {
	found := regexp.MustCompile(`fqName: "(.*?)", .*constLabels: \{(.*?)\}, variableLabels: \{(.*?)\}`).FindStringSubmatch(d.String())
	set = labelled("job", "instance")
	for _, constant := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(found[2], -1) {
		set[constant[1]] = true
	}
	for variable := range strings.SplitSeq(found[3], ",") {
		if variable != "" {
			set[variable] = true
		}
	}
	return found[1], set
}

func (s labelSet) with(names ...string) labelSet {
	union := labelled(names...)
	for name := range s {
		union[name] = true
	}
	return union
}
