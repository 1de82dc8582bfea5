package collector

import (
	"strconv"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// serverView is a real server as one virtual service sees it.
type serverView struct {
	*ipvs.RealServer
	service *serviceView
	id      string
	factor  uint32 // of overheads
}

// eachServer calls each with every real server that has series.
func (v *view) eachServer(each func(*serverView, *identity)) {
	id := identity{values: []string{v.name, "", ""}}
	server := serverView{factor: v.table.Director.OverheadFactor}
	v.eachService(func(s *serviceView, _ *identity) {
		if s.omitted {
			return
		}
		server.service, id.values[1] = s, s.id
		for i := range s.Servers {
			kept := &s.servers[i]
			server.RealServer, server.id = &s.Servers[i], kept.id
			id.values[2], id.text, id.origin = kept.id, kept.text, kept.origin
			each(&server, &id)
		}
	})
}

func newServers() subject {
	m := metrics[serverView]{labels: []string{"netns", "service", "server"}, walk: (*view).eachServer}
	addStats(&m, "ipvs_server_", "by the real server", false, func(s *serverView) *ipvs.Stats { return &s.Stats })
	m.gauge("ipvs_server_weight", "Weight of the real server; 0 is quiescent.",
		func(s *serverView) float64 { return float64(s.Weight) })
	m.gauge("ipvs_server_active_connections", "Connections that are being set up or established; UDP has none.",
		func(s *serverView) float64 { return float64(s.ActiveConnections) })
	m.gauge("ipvs_server_inactive_connections", "Connections in all other states, closed ones until they time out included.",
		func(s *serverView) float64 { return float64(s.InactiveConnections) })
	m.gauge("ipvs_server_persistent_connections", "Persistence templates that lead to the real server.",
		func(s *serverView) float64 { return float64(s.PersistentConnections) }).unlessFromProc()
	m.gauge("ipvs_server_upper_threshold_connections", "Active and inactive connections from which the real server gets no new ones.",
		func(s *serverView) float64 { return float64(s.UpperThreshold) }).
		unless(func(s *serverView) bool { return s.UpperThreshold == 0 })
	m.gauge("ipvs_server_lower_threshold_connections", "Connections below which an overloaded real server gets new ones again.",
		func(s *serverView) float64 { return float64(s.LowerThreshold) }).
		unless(func(s *serverView) bool { return s.LowerThreshold == 0 })
	return subject{name: NameServers, part: partTable, families: append(m.families,
		newGauge("ipvs_server_overhead", "Cost by which the service's scheduler compares real servers under the running kernel's formula; the lowest is chosen next, +Inf is weight 0. "+
			"With f = 256 or, since Linux 7.2, 6.12.104 and 6.1.183, 257: lc f*active+inactive; wlc, lblc, lblcr, twos that/weight; sed (active+1)/weight; nq likewise, and 0 when idle.",
			m.labels, putOverheads),
		newGauge("ipvs_server_expected_share_ratio", "Share of the service's new connections that the weights alone promise: rr, wrr, sh, mh, fo.",
			m.labels, putShares),
		newGauge("ipvs_server_info", "A real server of a virtual service and how packets reach it.",
			append(m.labels, "address", "port", "forward", "tunnel_type", "tunnel_port", "name"), putServerInfo),
		newGauge("ipvs_server_tunnel_info", "How the encapsulation to a tunnelled real server checks sums: csum, remcsum (remote checksum offload), nocsum; none with ipip.",
			append(m.labels, "checksum"), putTunnels),
	)}
}

func putOverheads(v *view, o *output) {
	v.eachServer(func(s *serverView, id *identity) {
		if cost, ok := ipvs.Overhead(s.service.Scheduler, s.RealServer, s.factor); ok {
			o.add(cost, id)
		}
	})
}

func putShares(v *view, o *output) {
	var of *serviceView
	var shares []float64 // of its servers
	i := 0
	v.eachServer(func(s *serverView, id *identity) {
		if s.service != of {
			of, i, shares = s.service, 0, ipvs.AppendExpectedShares(shares[:0], s.service.Scheduler, s.service.Servers)
		}
		if len(shares) > 0 {
			o.add(shares[i], id)
		}
		i++
	})
}

func putServerInfo(v *view, o *output) {
	v.eachServer(func(s *serverView, _ *identity) {
		tunnelType, tunnelPort := "", ""
		if s.Forward == ipvs.Tunnelled && v.table.Source != ipvs.Procfs {
			tunnelType = s.Tunnel.Type.String()
		}
		if s.Tunnel.Port != 0 {
			tunnelPort = strconv.Itoa(int(s.Tunnel.Port))
		}
		address, port := splitAddress(s.id)
		o.addWith(1, v.name, s.service.id, s.id, address, port, s.Forward.String(), tunnelType, tunnelPort,
			v.naming.Server(v.name, s.service.ID, s.ID))
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

func putTunnels(v *view, o *output) {
	v.eachServer(func(s *serverView, _ *identity) {
		if s.Forward != ipvs.Tunnelled || v.table.Source == ipvs.Procfs {
			return
		}
		if checksum := s.Tunnel.Checksum(); checksum != "" {
			o.addWith(1, v.name, s.service.id, s.id, checksum)
		}
	})
}
