package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metric is one metric of a subject T: what it is called, and its value.
type metric[T any] struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(*T) float64
	skip  func(*T) bool // where there is no value; nil is never
}

// metrics are made by adding one after the other; all have the same labels.
type metrics[T any] struct {
	labels []string
	list   []metric[T]
}

func (m *metrics[T]) add(kind prometheus.ValueType, name, help string, value func(*T) float64) *metric[T] {
	desc := prometheus.NewDesc(name, help, m.labels, nil)
	m.list = append(m.list, metric[T]{desc: desc, kind: kind, value: value})
	return &m.list[len(m.list)-1]
}

func (m *metrics[T]) counter(name, help string, value func(*T) uint64) *metric[T] {
	return m.add(prometheus.CounterValue, name, help, func(t *T) float64 { return float64(value(t)) })
}

func (m *metrics[T]) gauge(name, help string, value func(*T) float64) *metric[T] {
	return m.add(prometheus.GaugeValue, name, help, value)
}

// unless leaves the metric out where skip says so.
func (m *metric[T]) unless(skip func(*T) bool) { m.skip = skip }

// collect shows t. origin is when its counters were zero, as far as that is
// known.
func (m *metrics[T]) collect(ch chan<- prometheus.Metric, t *T, origin time.Time, labels ...string) {
	for _, one := range m.list {
		switch {
		case one.skip != nil && one.skip(t):
		case one.kind == prometheus.CounterValue && !origin.IsZero():
			ch <- prometheus.MustNewConstMetricWithCreatedTimestamp(one.desc, one.kind, one.value(t), origin, labels...)
		default:
			ch <- prometheus.MustNewConstMetric(one.desc, one.kind, one.value(t), labels...)
		}
	}
}

func (m *metrics[T]) descs() []*prometheus.Desc {
	descs := make([]*prometheus.Desc, len(m.list))
	for i := range m.list {
		descs[i] = m.list[i].desc
	}
	return descs
}

func gauge(ch chan<- prometheus.Metric, desc *prometheus.Desc, value float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

// info shows facts as the labels of a series that is always 1.
func info(ch chan<- prometheus.Metric, desc *prometheus.Desc, labels ...string) {
	gauge(ch, desc, 1, labels...)
}
