package collector

import "slices"

// The collectors, as users switch them.
const (
	NameDirector    = "director"
	NameServices    = "services"
	NameServers     = "servers"
	NameSysctl      = "sysctl"
	NameRates       = "rates"
	NameConnections = "connections"
	NamePerCPU      = "percpu"
	NameLatency     = "latency"

	// NameNodeExporter shows what others do again, by node_exporter's names.
	NameNodeExporter = "node-exporter"
)

// Names returns the names of all collectors.
func Names() []string {
	return append(Defaults(), NameRates, NameConnections, NamePerCPU, NameLatency, NameNodeExporter)
}

// Defaults returns the names of those that are on by default.
func Defaults() []string {
	return []string{NameDirector, NameServices, NameServers, NameSysctl}
}

// Help says what a collector shows.
func Help(name string) string {
	switch name {
	case NameDirector:
		return "the director's totals, timeouts, sync daemons and table sizes"
	case NameServices:
		return "virtual services, and the sums over their real servers"
	case NameServers:
		return "real servers"
	case NameSysctl:
		return "settings in net.ipv4.vs, and defences at work"
	case NameRates:
		return "the kernel's own rates a second"
	case NameConnections:
		return "entries of the connection table by protocol and state, as far as a second's reading goes"
	case NamePerCPU:
		return "the director's totals by processor"
	case NameLatency:
		return "how long real servers take, as the director sees it from the packets; needs CAP_SYS_ADMIN, or CAP_BPF and CAP_PERFMON where the kernel has kprobe.multi"
	case NameNodeExporter:
		return "what node_exporter's ipvs collector has of the program's own network namespace, by its names, as node_ipvs_connections_total"
	}
	return ""
}

// subject is one of the collectors.
type subject struct {
	name     string
	part     part // what it shows
	families []family
}

func subjects(o Options) []subject {
	return []subject{
		newDirector(), newServices(o.DNSMismatch), newServers(),
		newSysctl(), newRates(), newConnections(), newPerCPU(), newLatency(), newNodeExporter(),
	}
}

func choose(all []subject, names []string) []subject {
	var chosen []subject
	for _, s := range all {
		if slices.Contains(names, s.name) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}
