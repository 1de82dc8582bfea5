package collector

import (
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type services struct {
	metrics[serviceView]
	info, servers, omitted, mismatch *prometheus.Desc

	filter      filter
	dnsMismatch func(name string, s *ipvs.VirtualService) (n int, ok bool)
}

// serviceView is a virtual service with the sums over its real servers.
type serviceView struct {
	*ipvs.VirtualService
	source                               ipvs.Source
	weight, active, inactive, persistent float64
	available, quiescent, overloaded     float64
}

func newServices(f filter, dnsMismatch func(string, *ipvs.VirtualService) (int, bool)) *services {
	s := &services{
		filter: f, dnsMismatch: dnsMismatch,
		info: prometheus.NewDesc("ipvs_service_info", "A virtual service and how it is scheduled.",
			[]string{"netns", "service", "proto", "address", "port", "fwmark", "family", "scheduler", "scheduler_flags", "pe", "persistent", "netmask", "one_packet", "name"}, nil),
		servers: prometheus.NewDesc("ipvs_service_servers", "Real servers by state: quiescent (weight 0), overloaded (active and inactive connections at or over the upper threshold), or available.",
			[]string{"netns", "service", "state"}, nil),
		omitted: prometheus.NewDesc("ipvs_service_servers_omitted", "Real servers without series of their own, where the service has more than the limit.",
			[]string{"netns", "service"}, nil),
		mismatch: prometheus.NewDesc("ipvs_service_dns_mismatch", "Addresses that either only the name tasks.NAME has or only the real servers of weight over 0; NAME is the service's.",
			[]string{"netns", "service"}, nil),
	}
	s.labels = []string{"netns", "service"}
	fromProc := func(v *serviceView) bool { return v.source == ipvs.Procfs }
	addStats(&s.metrics, "ipvs_service_", "by the virtual service", func(v *serviceView) *ipvs.Stats { return &v.Stats }, fromProc)
	s.gauge("ipvs_service_persistence_timeout_seconds", "How long a client sticks to its real server.",
		func(v *serviceView) float64 { return v.Persistence.Seconds() }).
		unless(func(v *serviceView) bool { return v.Persistence == 0 || !v.Flags.Has(ipvs.FlagPersistent) })
	s.gauge("ipvs_service_weight", "Sum of the weights of the service's real servers.",
		func(v *serviceView) float64 { return v.weight })
	s.gauge("ipvs_service_active_connections", "Active connections of all real servers of the service.",
		func(v *serviceView) float64 { return v.active })
	s.gauge("ipvs_service_inactive_connections", "Inactive connections of all real servers of the service.",
		func(v *serviceView) float64 { return v.inactive })
	s.gauge("ipvs_service_persistent_connections", "Persistence templates of all real servers of the service.",
		func(v *serviceView) float64 { return v.persistent }).unless(fromProc)
	return s
}

func (s *services) subject() subject {
	all := append(s.descs(), s.info, s.servers, s.omitted, s.mismatch)
	return subject{name: NameServices, part: partTable, collect: s.collect, all: all}
}

func (s *services) collect(ch chan<- prometheus.Metric, v *view) {
	for i := range v.table.Services {
		service := viewService(&v.table.Services[i], v.table.Source)
		id := service.ID.String()
		if !s.filter.shows(id) {
			continue
		}
		s.metrics.collect(ch, &service, v.origins.services[i].service, v.name, id)
		name := v.serviceName(service.ID)
		s.collectInfo(ch, v.name, id, name, &service)
		s.collectStates(ch, v.name, id, &service)
		if s.filter.omitsServers(service.VirtualService) {
			gauge(ch, s.omitted, float64(len(service.Servers)), v.name, id)
		}
		if n, ok := s.mismatches(name, &service); ok {
			gauge(ch, s.mismatch, float64(n), v.name, id)
		}
	}
}

func (s *services) mismatches(name string, service *serviceView) (n int, ok bool) {
	if s.dnsMismatch == nil || name == "" {
		return 0, false
	}
	return s.dnsMismatch(name, service.VirtualService)
}

func (s *services) collectInfo(ch chan<- prometheus.Metric, netns, id, name string, v *serviceView) {
	proto, address, port, mark := serviceLabels(v.ID)
	info(ch, s.info, netns, id, proto, address, port, mark, v.ID.Family().String(), v.Scheduler,
		strings.Join(v.SchedulerFlags(), ","), v.Engine, strconv.FormatBool(v.Flags.Has(ipvs.FlagPersistent)),
		v.Netmask.String(), strconv.FormatBool(v.Flags.Has(ipvs.FlagOnePacket)), name)
}

// collectStates leaves out the overloaded where thresholds are unknown.
func (s *services) collectStates(ch chan<- prometheus.Metric, netns, id string, v *serviceView) {
	gauge(ch, s.servers, v.available, netns, id, "available")
	gauge(ch, s.servers, v.quiescent, netns, id, "quiescent")
	if v.source != ipvs.Procfs {
		gauge(ch, s.servers, v.overloaded, netns, id, "overloaded")
	}
}

func viewService(s *ipvs.VirtualService, source ipvs.Source) serviceView {
	v := serviceView{VirtualService: s, source: source}
	for i := range s.Servers {
		r := &s.Servers[i]
		v.weight += float64(r.Weight)
		v.active += float64(r.ActiveConnections)
		v.inactive += float64(r.InactiveConnections)
		v.persistent += float64(r.PersistentConnections)
		switch {
		case r.Weight == 0:
			v.quiescent++
		case r.Overloaded():
			v.overloaded++
		default:
			v.available++
		}
	}
	return v
}

// serviceLabels splits an identity; what a service has not is empty.
func serviceLabels(id ipvs.ServiceID) (proto, address, port, mark string) {
	if id.Mark != 0 {
		return "", "", "", strconv.FormatUint(uint64(id.Mark), 10)
	}
	return id.Protocol.String(), id.Address.Addr().String(), strconv.Itoa(int(id.Address.Port())), ""
}
