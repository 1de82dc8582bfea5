package collector

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// newRates shows the director's alone where the table is from /proc, which
// does not have the others.
func newRates() subject {
	director := metrics[ipvs.Table]{labels: []string{"netns"}, walk: walkTable}
	addRates(&director, "ipvs_", "the whole director", true, func(t *ipvs.Table) *ipvs.Rates { return &t.Director.Stats.Rates })
	services := metrics[serviceView]{labels: []string{"netns", "service"}, walk: walkServices}
	addRates(&services, "ipvs_service_", "the virtual service", false, func(s *serviceView) *ipvs.Rates { return &s.Stats.Rates })
	servers := metrics[ipvs.RealServer]{labels: []string{"netns", "service", "server"}, walk: walkServers}
	addRates(&servers, "ipvs_server_", "the real server", false, func(s *ipvs.RealServer) *ipvs.Rates { return &s.Stats.Rates })
	return subject{name: NameRates, part: partTable, families: slices.Concat(director.families, services.families, servers.families)}
}

func addRates[T any](m *metrics[T], prefix, of string, inProc bool, rates func(*T) *ipvs.Rates) {
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
		e := m.gauge(prefix+r.name+"_per_second", r.help+" by "+of+", in the kernel's own moving average over some seven seconds.",
			each(func(t *T) float64 { return float64(r.value(rates(t))) }))
		e.procfs = !inProc
	}
}
