package collector

import (
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// walkServers calls each with the real servers of one virtual service after
// the other.
func walkServers(v *view, each func([]ipvs.RealServer, group)) {
	eachServed(v, func(s *serviceView, g group) { each(s.Servers, g) })
}

// eachServed calls each with every virtual service whose real servers have
// series.
func eachServed(v *view, each func(*serviceView, group)) {
	before := []string{v.name, ""}
	for i := range v.services {
		if s := &v.services[i]; s.servers != nil {
			before[1] = s.id
			each(s, group{before, s.servers, s.after})
		}
	}
}

func newServers() subject {
	m := metrics[ipvs.RealServer]{labels: []string{"netns", "service", "server"}, walk: walkServers}
	addStats(&m, "ipvs_server_", "by the real server", false, serverCounters)
	m.gauge("ipvs_server_weight", "Weight of the real server; 0 is quiescent.", func(all []ipvs.RealServer, values []float64) {
		values = values[:len(all)]
		for i := range all {
			values[i] = float64(all[i].Weight)
		}
	})
	m.gauge("ipvs_server_active_connections", "Connections that are being set up or established; UDP has none.", func(all []ipvs.RealServer, values []float64) {
		values = values[:len(all)]
		for i := range all {
			values[i] = float64(all[i].ActiveConnections)
		}
	})
	m.gauge("ipvs_server_inactive_connections", "Connections in all other states, closed ones until they time out included.", func(all []ipvs.RealServer, values []float64) {
		values = values[:len(all)]
		for i := range all {
			values[i] = float64(all[i].InactiveConnections)
		}
	})
	m.gauge("ipvs_server_persistent_connections", "Persistence templates that lead to the real server.", func(all []ipvs.RealServer, values []float64) {
		values = values[:len(all)]
		for i := range all {
			values[i] = float64(all[i].PersistentConnections)
		}
	}).unlessFromProc()
	m.gauge("ipvs_server_upper_threshold_connections", "Active and inactive connections from which the real server gets no new ones.", func(all []ipvs.RealServer, values []float64) {
		values = values[:len(all)]
		for i := range all {
			values[i] = unlessZero(all[i].UpperThreshold)
		}
	})
	m.gauge("ipvs_server_lower_threshold_connections", "Connections below which an overloaded real server gets new ones again.", func(all []ipvs.RealServer, values []float64) {
		values = values[:len(all)]
		for i := range all {
			values[i] = unlessZero(all[i].LowerThreshold)
		}
	})
	return subject{name: NameServers, part: partTable, families: append(m.families,
		newGauge("ipvs_server_overhead", "Cost by which the service's scheduler compares real servers under the running kernel's formula; the lowest is chosen next, +Inf is weight 0. "+
			"With f = 256 or, since Linux 7.2, 6.12.104 and 6.1.183, 257: lc f*active+inactive; wlc, lblc, lblcr, twos that/weight; sed (active+1)/weight; nq likewise, and 0 when idle.",
			m.labels, putOverheads),
		newGauge("ipvs_server_expected_share_ratio", "Share of the service's new connections that the weights alone promise: rr, wrr, sh, mh, fo.",
			m.labels, putShares),
		newServerInfo(),
		newGauge("ipvs_server_tunnel_info", "How the encapsulation to a tunnelled real server checks sums: csum, remcsum (remote checksum offload), nocsum; none with ipip.",
			append(m.labels, "checksum"), putTunnels),
	)}
}

// serverCounters has a loop for each counter: to choose it anew for each server
// costs more than to read it.
func serverCounters(all []ipvs.RealServer, c counter, values []float64) {
	values = values[:len(all)]
	switch c {
	case connections:
		for i := range all {
			values[i] = float64(all[i].Stats.Connections)
		}
	case incomingPackets:
		for i := range all {
			values[i] = float64(all[i].Stats.IncomingPackets)
		}
	case outgoingPackets:
		for i := range all {
			values[i] = float64(all[i].Stats.OutgoingPackets)
		}
	case incomingBytes:
		for i := range all {
			values[i] = float64(all[i].Stats.IncomingBytes)
		}
	case outgoingBytes:
		for i := range all {
			values[i] = float64(all[i].Stats.OutgoingBytes)
		}
	}
}

func unlessZero(n uint32) float64 {
	if n == 0 {
		return noValue()
	}
	return float64(n)
}

func putOverheads(v *view, o *output) {
	eachServed(v, func(s *serviceView, g group) {
		o.addColumn(g, ipvs.AppendOverheads(o.room(len(s.Servers))[:0], s.Scheduler, s.Servers, v.table.Director.OverheadFactor))
	})
}

func putShares(v *view, o *output) {
	eachServed(v, func(s *serviceView, g group) {
		o.addColumn(g, ipvs.AppendExpectedShares(o.room(len(s.Servers))[:0], s.Scheduler, s.Servers))
	})
}

func putTunnels(v *view, o *output) {
	if v.table.Source == ipvs.Procfs {
		return
	}
	eachServed(v, func(s *serviceView, _ group) {
		for i := range s.Servers {
			if server := &s.Servers[i]; server.Forward == ipvs.Tunnelled && server.Tunnel.Checksum() != "" {
				o.add(1, v.name, s.id, s.servers[i].last, server.Tunnel.Checksum())
			}
		}
	})
}

// splitAddress cuts ADDRESS:PORT or [ADDRESS]:PORT.
func splitAddress(id string) (address, port string) {
	colon := strings.LastIndexByte(id, ':')
	address, port = id[:colon], id[colon+1:]
	if address[0] == '[' {
		address = address[1 : len(address)-1]
	}
	return address, port
}
