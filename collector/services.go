package collector

import (
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

type services struct {
	metrics[serviceView]
	info, servers *prometheus.Desc
}

// serviceView is a virtual service with the sums over its real servers.
type serviceView struct {
	*ipvs.VirtualService
	source                               ipvs.Source
	weight, active, inactive, persistent float64
	available, quiescent, overloaded     float64
}

func newServices() *services {
	s := &services{
		info: prometheus.NewDesc("ipvs_service_info", "A virtual service and how it is scheduled.",
			[]string{"netns", "service", "proto", "address", "port", "fwmark", "family", "scheduler", "scheduler_flags", "pe", "persistent", "netmask", "one_packet", "name"}, nil),
		servers: prometheus.NewDesc("ipvs_service_servers", "Real servers by state: quiescent (weight 0), overloaded (active and inactive connections at or over the upper threshold), or available.",
			[]string{"netns", "service", "state"}, nil),
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
	return subject{name: NameServices, collect: s.collect, all: append(s.descs(), s.info, s.servers)}
}

func (s *services) collect(ch chan<- prometheus.Metric, t *ipvs.Table) {
	for i := range t.Services {
		v := viewService(&t.Services[i], t.Source)
		id := v.ID.String()
		s.metrics.collect(ch, &v, ownNetns, id)
		s.collectInfo(ch, &v, id)
		s.collectStates(ch, &v, id)
	}
}

func (s *services) collectInfo(ch chan<- prometheus.Metric, v *serviceView, id string) {
	proto, address, port, mark := serviceLabels(v.ID)
	info(ch, s.info, ownNetns, id, proto, address, port, mark, v.ID.Family().String(), v.Scheduler,
		strings.Join(v.SchedulerFlags(), ","), v.Engine, strconv.FormatBool(v.Flags.Has(ipvs.FlagPersistent)),
		v.Netmask.String(), strconv.FormatBool(v.Flags.Has(ipvs.FlagOnePacket)), noName)
}

// collectStates leaves out the overloaded where thresholds are unknown.
func (s *services) collectStates(ch chan<- prometheus.Metric, v *serviceView, id string) {
	state := func(name string, n float64) {
		ch <- prometheus.MustNewConstMetric(s.servers, prometheus.GaugeValue, n, ownNetns, id, name)
	}
	state("available", v.available)
	state("quiescent", v.quiescent)
	if v.source != ipvs.Procfs {
		state("overloaded", v.overloaded)
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
