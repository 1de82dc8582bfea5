package collector

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// self is what the collector tells of its own work.
type self struct {
	up, source, retries, duplicates, duration, success *prometheus.Desc

	retried, repeated *atomic.Uint64 // since the start
}

func newSelf() self {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return self{
		up:         desc("ipvs_up", "1 when the last read of the network namespace worked, else 0.", "netns"),
		source:     desc("ipvs_source_info", "The kernel interface that the table was read through.", "netns", "source"),
		retries:    desc("ipvs_read_retries_total", "Dumps that were read again because the table was edited meanwhile.", "netns"),
		duplicates: desc("ipvs_read_duplicates_total", "Entries that the kernel repeated in a dump, and that were merged.", "netns"),
		duration:   desc("ipvs_scrape_collector_duration_seconds", "Time that the collector took, the read of the kernel that all share included.", "collector"),
		success:    desc("ipvs_scrape_collector_success", "1 when the collector had what it needed, else 0.", "collector"),
		retried:    new(atomic.Uint64),
		repeated:   new(atomic.Uint64),
	}
}

func (s *self) describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.up, s.source, s.retries, s.duplicates, s.duration, s.success} {
		ch <- d
	}
}

// note adds up what a read met; table is nil when it did not work.
func (s *self) note(table *ipvs.Table) {
	if table != nil {
		s.retried.Add(uint64(table.Retries))
		s.repeated.Add(uint64(table.Duplicates))
	}
}

func (s *self) collect(ch chan<- prometheus.Metric, table *ipvs.Table, err error) {
	ch <- prometheus.MustNewConstMetric(s.up, prometheus.GaugeValue, oneIf(err == nil), ownNetns)
	ch <- prometheus.MustNewConstMetric(s.retries, prometheus.CounterValue, float64(s.retried.Load()), ownNetns)
	ch <- prometheus.MustNewConstMetric(s.duplicates, prometheus.CounterValue, float64(s.repeated.Load()), ownNetns)
	if err == nil {
		info(ch, s.source, ownNetns, string(table.Source))
	}
}

func (s *self) collectRun(ch chan<- prometheus.Metric, name string, took time.Duration, err error) {
	ch <- prometheus.MustNewConstMetric(s.duration, prometheus.GaugeValue, took.Seconds(), name)
	ch <- prometheus.MustNewConstMetric(s.success, prometheus.GaugeValue, oneIf(err == nil), name)
}

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}
