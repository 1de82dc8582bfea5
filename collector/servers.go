package collector

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type servers struct {
	metrics[serverView]
	info *prometheus.Desc
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

func newServers() *servers {
	s := &servers{info: prometheus.NewDesc("ipvs_server_info", "A real server of a virtual service and how packets reach it.",
		[]string{"netns", "service", "server", "address", "port", "forward", "tunnel_type", "tunnel_port", "name"}, nil)}
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
	return subject{name: NameServers, collect: s.collect, all: append(s.descs(), s.info)}
}

func (s *servers) collect(ch chan<- prometheus.Metric, t *ipvs.Table) {
	for i := range t.Services {
		service := &t.Services[i]
		id := service.ID.String()
		shares := ipvs.ExpectedShares(service.Scheduler, service.Servers)
		for j := range service.Servers {
			v := viewServer(t, service, &service.Servers[j])
			if v.hasShare = shares != nil; v.hasShare {
				v.share = shares[j]
			}
			server := v.ID.String()
			s.metrics.collect(ch, &v, ownNetns, id, server)
			s.collectInfo(ch, &v, id, server)
		}
	}
}

func viewServer(t *ipvs.Table, service *ipvs.VirtualService, server *ipvs.RealServer) serverView {
	v := serverView{RealServer: server, source: t.Source}
	v.overhead, v.hasOverhead = ipvs.Overhead(service.Scheduler, server, t.Director.OverheadFactor)
	return v
}

func (s *servers) collectInfo(ch chan<- prometheus.Metric, v *serverView, service, server string) {
	tunnelType, tunnelPort := "", ""
	if v.Forward == ipvs.Tunnelled && v.source != ipvs.Procfs {
		tunnelType = v.Tunnel.Type.String()
	}
	if v.Tunnel.Port != 0 {
		tunnelPort = strconv.Itoa(int(v.Tunnel.Port))
	}
	info(ch, s.info, ownNetns, service, server, v.ID.Addr().String(), strconv.Itoa(int(v.ID.Port())),
		v.Forward.String(), tunnelType, tunnelPort, noName)
}

// noName is the name of what no names file names.
const noName = ""
