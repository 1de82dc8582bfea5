package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// self is what the collector tells of its own work.
type self struct{ up, source, retries, duplicates, duration, success *prometheus.Desc }

func newSelf() self {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return self{
		up:         desc("ipvs_up", "1 when the last read of the network namespace worked, else 0.", "netns"),
		source:     desc("ipvs_source_info", "The kernel interface that the table was read through.", "netns", "source"),
		retries:    desc("ipvs_read_retries_total", "Dumps that were read again because the table was edited meanwhile.", "netns"),
		duplicates: desc("ipvs_read_duplicates_total", "Entries that the kernel repeated in a dump, and that were merged.", "netns"),
		duration:   desc("ipvs_scrape_collector_duration_seconds", "Time that the collector took, the reads of the kernel that all share included.", "collector"),
		success:    desc("ipvs_scrape_collector_success", "1 when the collector had what it needed of every network namespace, else 0.", "collector"),
	}
}

func (s *self) describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.up, s.source, s.retries, s.duplicates, s.duration, s.success} {
		ch <- d
	}
}

func (s *self) collect(ch chan<- prometheus.Metric, v *view) {
	gauge(ch, s.up, oneIf(v.up()), v.name)
	if v.table != nil {
		info(ch, s.source, v.name, string(v.table.Source))
	}
	count := func(desc *prometheus.Desc, n uint64) {
		ch <- prometheus.MustNewConstMetricWithCreatedTimestamp(desc, prometheus.CounterValue, float64(n), v.since, v.name)
	}
	count(s.retries, v.retried.Load())
	count(s.duplicates, v.repeated.Load())
}

func (s *self) collectRun(ch chan<- prometheus.Metric, name string, took time.Duration, success bool) {
	gauge(ch, s.duration, took.Seconds(), name)
	gauge(ch, s.success, oneIf(success), name)
}

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}
