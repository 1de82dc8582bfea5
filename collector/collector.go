// Package collector shows the tables of IPVS as Prometheus metrics.
package collector

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// The collectors, as users switch them.
const (
	NameDirector = "director"
	NameServices = "services"
	NameServers  = "servers"
)

// Names returns the names of all collectors.
func Names() []string { return []string{NameDirector, NameServices, NameServers} }

// Collector reads a table at each scrape and shows it. It implements
// [prometheus.Collector].
//
// A table that cannot be read costs no scrape: ipvs_up is 0 then, and the
// metrics of the table are absent, never half there.
type Collector struct {
	read    func() (*ipvs.Table, error)
	self    self
	enabled []subject
}

// subject is one of the collectors.
type subject struct {
	name    string
	collect func(chan<- prometheus.Metric, *ipvs.Table)
	all     []*prometheus.Desc
}

// New returns a collector that gets its tables from read and shows those
// parts of them that are named; see [Names].
func New(read func() (*ipvs.Table, error), names ...string) *Collector {
	c := &Collector{read: read, self: newSelf()}
	for _, s := range []subject{newDirector().subject(), newServices().subject(), newServers().subject()} {
		if slices.Contains(names, s.name) {
			c.enabled = append(c.enabled, s)
		}
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	c.self.describe(ch)
	for _, s := range c.enabled {
		for _, d := range s.all {
			ch <- d
		}
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	start := time.Now()
	table, err := c.read()
	reading := time.Since(start)
	c.self.note(table)
	c.self.collect(ch, table, err)
	for _, s := range c.enabled {
		start := time.Now()
		if err == nil {
			s.collect(ch, table)
		}
		c.self.collectRun(ch, s.name, reading+time.Since(start), err)
	}
}
