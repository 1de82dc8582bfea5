package collector

import (
	"context"
	"io"

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
func (s *scrape) Collect(ch chan<- prometheus.Metric) {
	s.collector.put(s.ctx, &output{registry: ch}, s.subjects)
}

// WriteText writes what a registry would have of Scrape(ctx, collectors...),
// by the same text formats, at a small part of the cost. The error is of w.
func (c *Collector) WriteText(ctx context.Context, w io.Writer, format TextFormat, collectors ...string) error {
	t, _ := c.texts.Get().(*text)
	if t == nil {
		t = &text{}
	}
	t.reset(w, format)
	c.put(ctx, &output{text: t}, choose(c.subjects, collectors))
	t.flush()
	err := t.err
	t.reset(nil, TextFormat{})
	c.texts.Put(t)
	return err
}
