package collector

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type servers struct {
	metrics[serverView]
	info, tunnel *prometheus.Desc
	filter       filter
}

// serverView is a real server as one virtual service sees it.
type serverView struct {
	*ipvs.RealServer
	source      ipvs.Source
	overhead    float64
	hasOverhead bool
	share       float64
	hasShare    bool
}

func newServers(f filter) *servers {
	s := &servers{filter: f, info: prometheus.NewDesc("ipvs_server_info", "A real server of a virtual service and how packets reach it.",
		[]string{"netns", "service", "server", "address", "port", "forward", "tunnel_type", "tunnel_port", "name"}, nil),
		tunnel: prometheus.NewDesc("ipvs_server_tunnel_info", "How the encapsulation to a tunnelled real server checks sums: csum, remcsum (remote checksum offload), nocsum; none with ipip.",
			[]string{"netns", "service", "server", "checksum"}, nil)}
	s.labels = []string{"netns", "service", "server"}
	fromProc := func(v *serverView) bool { return v.source == ipvs.Procfs }
	addStats(&s.metrics, "ipvs_server_", "by the real server", func(v *serverView) *ipvs.Stats { return &v.Stats }, fromProc)
	s.gauge("ipvs_server_weight", "Weight of the real server; 0 is quiescent.",
		func(v *serverView) float64 { return float64(v.Weight) })
	s.gauge("ipvs_server_active_connections", "Connections that are being set up or established; UDP has none.",
		func(v *serverView) float64 { return float64(v.ActiveConnections) })
	s.gauge("ipvs_server_inactive_connections", "Connections in all other states, closed ones until they time out included.",
		func(v *serverView) float64 { return float64(v.InactiveConnections) })
	s.gauge("ipvs_server_persistent_connections", "Persistence templates that lead to the real server.",
		func(v *serverView) float64 { return float64(v.PersistentConnections) }).unless(fromProc)
	s.gauge("ipvs_server_upper_threshold_connections", "Active and inactive connections from which the real server gets no new ones.",
		func(v *serverView) float64 { return float64(v.UpperThreshold) }).
		unless(func(v *serverView) bool { return v.UpperThreshold == 0 })
	s.gauge("ipvs_server_lower_threshold_connections", "Connections below which an overloaded real server gets new ones again.",
		func(v *serverView) float64 { return float64(v.LowerThreshold) }).
		unless(func(v *serverView) bool { return v.LowerThreshold == 0 })
	s.gauge("ipvs_server_overhead", "Cost by which the service's scheduler compares real servers under the running kernel's formula; the lowest is chosen next, +Inf is weight 0. "+
		"With f = 256 or, since Linux 7.2, 6.12.104 and 6.1.183, 257: lc f*active+inactive; wlc, lblc, lblcr, twos that/weight; sed (active+1)/weight; nq likewise, and 0 when idle.",
		func(v *serverView) float64 { return v.overhead }).
		unless(func(v *serverView) bool { return !v.hasOverhead })
	s.gauge("ipvs_server_expected_share_ratio", "Share of the service's new connections that the weights alone promise: rr, wrr, sh, mh, fo.",
		func(v *serverView) float64 { return v.share }).
		unless(func(v *serverView) bool { return !v.hasShare })
	return s
}

func (s *servers) subject() subject {
	return subject{name: NameServers, part: partTable, collect: s.collect, all: append(s.descs(), s.info, s.tunnel)}
}

func (s *servers) collect(ch chan<- prometheus.Metric, v *view) {
	for i := range v.table.Services {
		service := &v.table.Services[i]
		id := service.ID.String()
		if s.filter.shows(id) && !s.filter.omitsServers(service) {
			s.collectService(ch, v, i, id)
		}
	}
}

func (s *servers) collectService(ch chan<- prometheus.Metric, v *view, i int, id string) {
	service, origins := &v.table.Services[i], v.origins.services[i].servers
	shares := ipvs.ExpectedShares(service.Scheduler, service.Servers)
	for j := range service.Servers {
		server := viewServer(v.table, service, &service.Servers[j])
		if server.hasShare = shares != nil; server.hasShare {
			server.share = shares[j]
		}
		s.metrics.collect(ch, &server, origins[j], v.name, id, server.ID.String())
		s.collectInfo(ch, v, service.ID, &server)
	}
}

func viewServer(t *ipvs.Table, service *ipvs.VirtualService, server *ipvs.RealServer) serverView {
	v := serverView{RealServer: server, source: t.Source}
	v.overhead, v.hasOverhead = ipvs.Overhead(service.Scheduler, server, t.Director.OverheadFactor)
	return v
}

func (s *servers) collectInfo(ch chan<- prometheus.Metric, v *view, service ipvs.ServiceID, server *serverView) {
	tunnelType, tunnelPort := "", ""
	if server.Forward == ipvs.Tunnelled && server.source != ipvs.Procfs {
		tunnelType = server.Tunnel.Type.String()
		if checksum := server.Tunnel.Checksum(); checksum != "" {
			info(ch, s.tunnel, v.name, service.String(), server.ID.String(), checksum)
		}
	}
	if server.Tunnel.Port != 0 {
		tunnelPort = strconv.Itoa(int(server.Tunnel.Port))
	}
	info(ch, s.info, v.name, service.String(), server.ID.String(), server.ID.Addr().String(), strconv.Itoa(int(server.ID.Port())),
		server.Forward.String(), tunnelType, tunnelPort, v.naming.Server(v.name, service, server.ID))
}
