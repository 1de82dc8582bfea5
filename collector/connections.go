package collector

import "github.com/prometheus/client_golang/prometheus"

type connections struct{ all, synced, truncated *prometheus.Desc }

func newConnections() *connections {
	labels := []string{"netns", "proto", "state"}
	return &connections{
		all:       prometheus.NewDesc("ipvs_connections", "Entries of the connection table by state, as ipvsadm -Lc names it; persistence templates are none or assured.", labels, nil),
		synced:    prometheus.NewDesc("ipvs_synced_connections", "Those of ipvs_connections that another director's sync daemon sent.", labels, nil),
		truncated: prometheus.NewDesc("ipvs_connections_truncated", "1 when the connection table was too large to count all of it, else 0.", []string{"netns"}, nil),
	}
}

func (c *connections) subject() subject {
	return subject{name: NameConnections, part: partConnections, collect: c.collect, all: []*prometheus.Desc{c.all, c.synced, c.truncated}}
}

func (c *connections) collect(ch chan<- prometheus.Metric, v *view) {
	for _, n := range v.connections.Counts {
		gauge(ch, c.all, float64(n.Connections), v.name, n.Protocol, n.State)
		gauge(ch, c.synced, float64(n.Synced), v.name, n.Protocol, n.State)
	}
	gauge(ch, c.truncated, oneIf(v.connections.Truncated), v.name)
}
