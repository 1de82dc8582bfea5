package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type rates struct {
	director, services, servers metrics[ipvs.Rates]
	filter                      filter
}

func newRates(f filter) *rates {
	return &rates{
		director: newRateMetrics("ipvs_", "the whole director", "netns"),
		services: newRateMetrics("ipvs_service_", "the virtual service", "netns", "service"),
		servers:  newRateMetrics("ipvs_server_", "the real server", "netns", "service", "server"),
		filter:   f,
	}
}

func newRateMetrics(prefix, of string, labels ...string) metrics[ipvs.Rates] {
	m := metrics[ipvs.Rates]{labels: labels}
	for _, r := range []struct {
		name, help string
		value      func(*ipvs.Rates) uint64
	}{
		{"connections", "Connections scheduled", func(r *ipvs.Rates) uint64 { return r.Connections }},
		{"incoming_packets", "Packets from clients", func(r *ipvs.Rates) uint64 { return r.IncomingPackets }},
		{"outgoing_packets", "Packets to clients", func(r *ipvs.Rates) uint64 { return r.OutgoingPackets }},
		{"incoming_bytes", "Bytes from clients", func(r *ipvs.Rates) uint64 { return r.IncomingBytes }},
		{"outgoing_bytes", "Bytes to clients", func(r *ipvs.Rates) uint64 { return r.OutgoingBytes }},
	} {
		m.gauge(prefix+r.name+"_per_second", r.help+" by "+of+", in the kernel's own moving average over some seven seconds.",
			func(rates *ipvs.Rates) float64 { return float64(r.value(rates)) })
	}
	return m
}

func (r *rates) subject() subject {
	all := append(append(r.director.descs(), r.services.descs()...), r.servers.descs()...)
	return subject{name: NameRates, part: partTable, collect: r.collect, all: all}
}

// collect has the director's alone where the table is from /proc, which does
// not have the others.
func (r *rates) collect(ch chan<- prometheus.Metric, v *view) {
	r.director.collect(ch, &v.table.Director.Stats.Rates, time.Time{}, v.name)
	for i := range v.table.Services {
		if s := &v.table.Services[i]; v.table.Source != ipvs.Procfs && r.filter.shows(s.ID.String()) {
			r.collectService(ch, v.name, s)
		}
	}
}

func (r *rates) collectService(ch chan<- prometheus.Metric, netns string, s *ipvs.VirtualService) {
	id := s.ID.String()
	r.services.collect(ch, &s.Stats.Rates, time.Time{}, netns, id)
	if r.filter.omitsServers(s) {
		return
	}
	for i := range s.Servers {
		r.servers.collect(ch, &s.Servers[i].Stats.Rates, time.Time{}, netns, id, s.Servers[i].ID.String())
	}
}
