package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// attachedCollector shows by what the program that times real servers is attached.
type attachedCollector struct {
	method func() passive.Method // "" is not
	info   *prometheus.Desc
}

func newAttachedCollector(method func() passive.Method) *attachedCollector {
	return &attachedCollector{method, prometheus.NewDesc("ipvs_latency_info",
		"1, with what the program that times real servers is attached by: fentry, kprobe_multi or kprobe.", []string{"attached"}, nil)}
}

// Describe implements prometheus.Collector.
func (c *attachedCollector) Describe(ch chan<- *prometheus.Desc) { ch <- c.info }

// Collect implements prometheus.Collector.
func (c *attachedCollector) Collect(ch chan<- prometheus.Metric) {
	if method := c.method(); method != "" {
		ch <- prometheus.MustNewConstMetric(c.info, prometheus.GaugeValue, 1, string(method))
	}
}
