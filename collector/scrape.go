package collector

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// Scrape returns a collector for one scrape: of those collectors alone that
// are named, as far as they are on, and of what has been read when ctx ends;
// the rest is marked as failed. Reads go on by themselves, for the next
// scrape to join.
func (c *Collector) Scrape(ctx context.Context, collectors ...string) prometheus.Collector {
	return &scrape{c, ctx, choose(c.subjects, collectors)}
}

type scrape struct {
	collector *Collector
	ctx       context.Context
	subjects  []subject
}

// Describe implements prometheus.Collector.
func (s *scrape) Describe(ch chan<- *prometheus.Desc) { s.collector.describe(ch, s.subjects) }

// Collect implements prometheus.Collector.
func (s *scrape) Collect(ch chan<- prometheus.Metric) { s.collector.collect(s.ctx, ch, s.subjects) }
