//go:build lab

package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// listing is what one form of ipvsadm -L prints: the columns of virtual
// services and real servers, by the module's names for them. It shares no
// code with the module.
type listing struct {
	services map[string][]string
	servers  map[[2]string][]string // by service and server
}

// list runs ipvsadm -Ln with the given options in the director.
func list(t *testing.T, options string) listing {
	t.Helper()
	l := listing{map[string][]string{}, map[[2]string][]string{}}
	service := ""
	for i, line := range strings.Split(sh(t, "ip netns exec director ipvsadm -Ln "+options), "\n") {
		fields := strings.Fields(line)
		switch {
		case i < 3 || len(fields) == 0: // headings
		case fields[0] == "->":
			l.servers[[2]string{service, fields[1]}] = fields[2:]
		case fields[0] == "FWM" && len(fields) > 2 && fields[2] == "IPv6":
			service = "fwm6/" + fields[1]
			l.services[service] = fields[3:]
		case fields[0] == "FWM":
			service = "fwm/" + fields[1]
			l.services[service] = fields[2:]
		default:
			service = strings.ToLower(fields[0]) + "/" + fields[1]
			l.services[service] = fields[2:]
		}
	}
	return l
}

// expected builds, from what ipvsadm prints, the series that an exporter of
// that table must show.
type expected map[string]float64

func (e expected) set(value float64, name string, labels ...string) {
	e[series(name, labels...)] = value
}

// series spells a metric with the labels name, value, name, value, ... and
// that of the network namespace, sorted as Prometheus's library writes them.
func series(name string, labels ...string) string {
	pairs := []string{`netns=""`}
	for i := 0; i < len(labels); i += 2 {
		pairs = append(pairs, labels[i]+`="`+labels[i+1]+`"`)
	}
	slices.Sort(pairs)
	return name + "{" + strings.Join(pairs, ",") + "}"
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%q in ipvsadm's output is not a number", text)
	}
	return v
}

var statsColumns = []string{
	"connections_total", "incoming_packets_total", "outgoing_packets_total", "incoming_bytes_total", "outgoing_bytes_total",
}

// expectTable reads all of ipvsadm's listings.
func expectTable(t *testing.T) expected {
	t.Helper()
	e := expected{}
	e.stats(t)
	e.gauges(t)
	e.thresholds(t)
	e.persistent(t)
	e.timeouts(t)
	e.totals(t)
	e.costs(t)
	return e
}

func (e expected) stats(t *testing.T) {
	l := list(t, "--stats --exact")
	for i, column := range statsColumns {
		for id, fields := range l.services {
			e.set(number(t, fields[i]), "ipvs_service_"+column, "service", id)
		}
		for id, fields := range l.servers {
			e.set(number(t, fields[i]), "ipvs_server_"+column, "server", id[1], "service", id[0])
		}
	}
}

// gauges are forwarding method, weight, active and inactive connections, and
// what follows from them.
func (e expected) gauges(t *testing.T) {
	l := list(t, "")
	e.set(float64(len(l.services)), "ipvs_services")
	e.set(float64(len(l.servers)), "ipvs_servers")
	for id, fields := range l.services {
		for _, sum := range []string{"weight", "active_connections", "inactive_connections", "persistent_connections"} {
			e.set(0, "ipvs_service_"+sum, "service", id)
		}
		for _, state := range []string{"available", "overloaded", "quiescent"} {
			e.set(0, "ipvs_service_servers", "service", id, "state", state)
		}
		if len(fields) > 2 && fields[1] == "persistent" {
			e.set(number(t, fields[2]), "ipvs_service_persistence_timeout_seconds", "service", id)
		}
	}
	for id, fields := range l.servers {
		for i, name := range []string{"weight", "active_connections", "inactive_connections"} {
			value := number(t, fields[1+i])
			e.set(value, "ipvs_server_"+name, "server", id[1], "service", id[0])
			e[series("ipvs_service_"+name, "service", id[0])] += value
		}
	}
}

func (e expected) thresholds(t *testing.T) {
	l := list(t, "--thresholds")
	for id, fields := range l.servers {
		upper, lower := number(t, fields[0]), number(t, fields[1])
		if upper > 0 {
			e.set(upper, "ipvs_server_upper_threshold_connections", "server", id[1], "service", id[0])
		}
		if lower > 0 {
			e.set(lower, "ipvs_server_lower_threshold_connections", "server", id[1], "service", id[0])
		}
		state := "available"
		switch {
		case e[series("ipvs_server_weight", "server", id[1], "service", id[0])] == 0:
			state = "quiescent"
		case upper > 0 && number(t, fields[2])+number(t, fields[3]) >= upper:
			state = "overloaded"
		}
		e[series("ipvs_service_servers", "service", id[0], "state", state)]++
	}
}

func (e expected) persistent(t *testing.T) {
	for id, fields := range list(t, "--persistent-conn").servers {
		value := number(t, fields[1])
		e.set(value, "ipvs_server_persistent_connections", "server", id[1], "service", id[0])
		e[series("ipvs_service_persistent_connections", "service", id[0])] += value
	}
}

func (e expected) timeouts(t *testing.T) {
	out := sh(t, "ip netns exec director ipvsadm -L --timeout")
	_, values, _ := strings.Cut(out, "):")
	for i, value := range strings.Fields(values) {
		e.set(number(t, value), "ipvs_timeout_seconds", "state", []string{"tcp", "tcp_fin", "udp"}[i])
	}
	for line := range strings.Lines(sh(t, "ip netns exec director ipvsadm -L --daemon")) {
		e.daemon(line)
	}
}

// daemon reads a line like
// master sync daemon (mcast=br0, syncid=7, maxlen=1460, group=224.0.0.81, port=8848, ttl=1)
func (e expected) daemon(line string) {
	role, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	_, rest, _ = strings.Cut(rest, "(")
	values := map[string]string{}
	for pair := range strings.SplitSeq(strings.TrimSuffix(rest, ")"), ", ") {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	e.set(1, "ipvs_sync_daemon_info", "role", role, "interface", values["mcast"], "sync_id", values["syncid"],
		"group", values["group"], "port", values["port"], "ttl", values["ttl"])
}

// totals are those of the whole director, from the hexadecimal columns of
// /proc/net/ip_vs_stats, which ipvsadm does not print.
func (e expected) totals(t *testing.T) {
	lines := strings.Split(sh(t, "ip netns exec director cat /proc/net/ip_vs_stats"), "\n")
	for i, field := range strings.Fields(lines[2]) {
		v, err := strconv.ParseUint(field, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		e.set(float64(v), "ipvs_"+statsColumns[i])
	}
	version := sh(t, "ip netns exec director ipvsadm -Ln | head -n 1")
	_, size, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(version), ")"), "size=")
	e.set(number(t, size), "ipvs_connection_table_buckets")
}

// costs are what the schedulers make of the weights and connections, by the
// formulas of kernels that count all connections of a server, active ones 256
// times more: Linux 7.2, 6.12.104 and 6.1.183, and later.
func (e expected) costs(t *testing.T) {
	l := list(t, "")
	sums := map[string]float64{}
	for id, fields := range l.servers {
		if l.services[id[0]][0] == "rr" && fields[1] != "0" {
			sums[id[0]]++
		} else {
			sums[id[0]] += number(t, fields[1])
		}
	}
	for id, fields := range l.servers {
		weight, active, inactive := number(t, fields[1]), number(t, fields[2]), number(t, fields[3])
		labels := []string{"server", id[1], "service", id[0]}
		switch l.services[id[0]][0] {
		case "wrr", "mh", "sh":
			e.set(weight/sums[id[0]], "ipvs_server_expected_share_ratio", labels...)
		case "rr":
			e.set(min(weight, 1)/sums[id[0]], "ipvs_server_expected_share_ratio", labels...)
		case "lc":
			e.set(257*active+inactive, "ipvs_server_overhead", labels...)
		case "wlc":
			e.set((257*active+inactive)/weight, "ipvs_server_overhead", labels...)
		case "sed":
			e.set((active+1)/weight, "ipvs_server_overhead", labels...)
		case "nq":
			e.set((active+1)/weight*min(active, 1), "ipvs_server_overhead", labels...)
		}
	}
}
