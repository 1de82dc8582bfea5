package collector

import (
	"strconv"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// serviceView is a virtual service that has series, with what is shown of it
// besides.
type serviceView struct {
	*ipvs.VirtualService
	sums
	id      string
	servers []identity // in the table's order; nil if they have no series
	after   string     // see [group], of the servers
}

// sums are over all real servers of a virtual service.
type sums struct {
	weight, active, inactive, persistent uint64
	available, quiescent, overloaded     int
}

func sumsOf(s *ipvs.VirtualService) sums {
	var sum sums
	for i := range s.Servers {
		r := &s.Servers[i]
		sum.weight += uint64(r.Weight)
		sum.active += uint64(r.ActiveConnections)
		sum.inactive += uint64(r.InactiveConnections)
		sum.persistent += uint64(r.PersistentConnections)
		switch {
		case r.Weight == 0:
			sum.quiescent++
		case r.Overloaded():
			sum.overloaded++
		default:
			sum.available++
		}
	}
	return sum
}

func walkServices(v *view, each func([]serviceView, group)) {
	each(v.services, group{before: []string{v.name}, identities: v.identities})
}

func newServices(dnsMismatch func(string, *ipvs.VirtualService) (int, bool)) subject {
	m := metrics[serviceView]{labels: []string{"netns", "service"}, walk: walkServices}
	addStats(&m, "ipvs_service_", "by the virtual service", false, func(all []serviceView, c counter, values []float64) {
		for i := range all {
			values[i] = c.of(&all[i].Stats)
		}
	})
	m.gauge("ipvs_service_persistence_timeout_seconds", "How long a client sticks to its real server.",
		each(func(s *serviceView) float64 { return s.Persistence.Seconds() })).
		unless(func(s *serviceView) bool { return s.Persistence == 0 || !s.Flags.Has(ipvs.FlagPersistent) })
	m.gauge("ipvs_service_weight", "Sum of the weights of the service's real servers.",
		each(func(s *serviceView) float64 { return float64(s.weight) }))
	m.gauge("ipvs_service_active_connections", "Active connections of all real servers of the service.",
		each(func(s *serviceView) float64 { return float64(s.active) }))
	m.gauge("ipvs_service_inactive_connections", "Inactive connections of all real servers of the service.",
		each(func(s *serviceView) float64 { return float64(s.inactive) }))
	m.gauge("ipvs_service_persistent_connections", "Persistence templates of all real servers of the service.",
		each(func(s *serviceView) float64 { return float64(s.persistent) })).unlessFromProc()
	m.gauge("ipvs_service_servers_omitted", "Real servers without series of their own, where the service has more than the limit.",
		each(func(s *serviceView) float64 { return float64(len(s.Servers)) })).
		unless(func(s *serviceView) bool { return s.servers != nil })
	return subject{name: NameServices, part: partTable, families: append(m.families,
		newGauge("ipvs_service_info", "A virtual service and how it is scheduled.",
			[]string{"netns", "service", "proto", "address", "port", "fwmark", "family", "scheduler", "scheduler_flags", "pe", "persistent", "netmask", "one_packet", "name"}, putServiceInfo),
		newGauge("ipvs_service_servers", "Real servers by state: quiescent (weight 0), overloaded (active and inactive connections at or over the upper threshold), or available.",
			[]string{"netns", "service", "state"}, putStates),
		newGauge("ipvs_service_dns_mismatch", "Addresses that either only the name tasks.NAME has or only the real servers of weight over 0; NAME is the service's.",
			m.labels, putMismatch(dnsMismatch)),
	)}
}

func putServiceInfo(v *view, o *output) {
	for i := range v.services {
		s := &v.services[i]
		proto, address, port, mark := splitService(s.id)
		o.add(1, v.name, s.id, proto, address, port, mark, s.ID.Family().String(), s.Scheduler,
			strings.Join(s.SchedulerFlags(), ","), s.Engine, strconv.FormatBool(s.Flags.Has(ipvs.FlagPersistent)),
			s.Netmask.String(), strconv.FormatBool(s.Flags.Has(ipvs.FlagOnePacket)), v.serviceName(s.ID))
	}
}

// splitService cuts the identity of a virtual service; what it has not is
// empty.
func splitService(id string) (proto, address, port, mark string) {
	kind, rest, _ := strings.Cut(id, "/")
	if strings.HasPrefix(kind, "fwm") {
		return "", "", "", rest
	}
	address, port = splitAddress(rest)
	return kind, address, port, ""
}

// putStates leaves out the overloaded where thresholds are unknown.
func putStates(v *view, o *output) {
	for i := range v.services {
		s := &v.services[i]
		o.add(float64(s.available), v.name, s.id, "available")
		o.add(float64(s.quiescent), v.name, s.id, "quiescent")
		if v.table.Source != ipvs.Procfs {
			o.add(float64(s.overloaded), v.name, s.id, "overloaded")
		}
	}
}

func putMismatch(mismatch func(string, *ipvs.VirtualService) (int, bool)) func(*view, *output) {
	return func(v *view, o *output) {
		if mismatch == nil {
			return
		}
		for i := range v.services {
			s := &v.services[i]
			if name := v.serviceName(s.ID); name != "" {
				if n, ok := mismatch(name, s.VirtualService); ok {
					o.add(float64(n), v.name, s.id)
				}
			}
		}
	}
}
