//go:build lab

package e2e

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

const (
	exporterMetrics = "http://127.0.0.1:9975/metrics"
	tunerMetrics    = "http://127.0.0.1:9976/metrics"
)

// scrape returns the series of a program in the director whose names begin
// with prefix.
func scrape(t *testing.T, url, prefix string) map[string]float64 {
	t.Helper()
	got := map[string]float64{}
	for line := range strings.Lines(sh(t, "ip netns exec director wget -qO- "+url)) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndexByte(line, ' '); strings.HasPrefix(line, prefix) && i > 0 {
			got[line[:i]] = number(t, line[i+1:])
		}
	}
	return got
}

// fact tells the series that ipvsadm prints in words, which have a test of
// their own, and those of which it prints nothing.
func fact(series string) bool {
	name, _, _ := strings.Cut(series, "{")
	switch name {
	case "ipvs_info", "ipvs_service_info", "ipvs_server_info", "ipvs_table_fingerprint",
		"ipvs_up", "ipvs_source_info", "ipvs_read_retries_total", "ipvs_read_duplicates_total",
		"ipvs_scrape_collector_duration_seconds", "ipvs_scrape_collector_success", "ipvs_exporter_build_info":
		return true
	}
	return false
}

// arrangeEverything makes a table with every kind of service, sends traffic,
// and leaves a director that has all that ipvsadm can list.
func arrangeEverything(t *testing.T) {
	t.Helper()
	sh(t, "nat.sh 3")
	sh(t, `set -e
		v() { ip netns exec director ipvsadm "$@"; }
		v -A -t 10.0.1.100:80 -s wrr
		v -a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 2 -x 3 -y 2
		v -a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 1 -x 500
		v -a -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w 0
		v -A -t [fd00:1::100]:80 -s wlc -p 60 -M 64
		v -a -t [fd00:1::100]:80 -r [fd00:2::11]:8080 -m -w 3
		v -a -t [fd00:1::100]:80 -r [fd00:2::12]:8080 -m -w 4
		v -A -t 10.0.1.100:81 -s sed -p 300 -M 255.255.255.0
		v -a -t 10.0.1.100:81 -r 10.0.2.11:8080 -m -w 5
		v -A -u 10.0.1.100:53 -s mh -b mh-fallback,mh-port
		v -a -u 10.0.1.100:53 -r 10.0.2.11:53 -m
		v -A -u 10.0.1.100:514 -s rr -o
		v -a -u 10.0.1.100:514 -r 10.0.2.11:514 -g
		v -A --sctp-service 10.0.1.100:9000 -s lc
		v -a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -i --tun-type gue --tun-port 6080
		v -A -f 258 -s rr
		v -a -f 258 -r 10.0.2.11:0 -m
		v -A -f 258 -6 -s nq
		v -a -f 258 -6 -r [fd00:2::11]:0 -m -w 9
		v -A -t 10.0.1.100:443 -s sh
		v --set 1000 130 310
		v --start-daemon master --mcast-interface lan0 --syncid 7`)
	load(t, "http://10.0.1.100:80/", 12)
	load(t, "http://10.0.1.100:81/", 5)
	load(t, "http://[fd00:1::100]:80/", 7)
}

func TestExporterAgreesWithIpvsadm(t *testing.T) {
	arrangeEverything(t)
	startInDirector(t, "ipvs-exporter --web.listen-address=127.0.0.1:9975", exporterMetrics)
	eventually(t, func() error {
		if differences := compare(scrape(t, exporterMetrics, "ipvs_"), expectTable(t)); len(differences) > 0 {
			return errors.New(strings.Join(differences, "\n"))
		}
		return nil
	})
	got := scrape(t, exporterMetrics, "ipvs_")
	for _, fact := range expectedFacts() {
		if got[fact] != 1 {
			t.Errorf("no %s", fact)
		}
	}
}

// expectedFacts are what ipvsadm prints of the table in words.
func expectedFacts() []string {
	plain := func(labels ...string) string {
		info := map[string]string{
			"fwmark": "", "family": "ipv4", "scheduler_flags": "", "pe": "", "persistent": "false",
			"netmask": "", "one_packet": "false", "name": "",
		}
		for i := 0; i < len(labels); i += 2 {
			info[labels[i]] = labels[i+1]
		}
		labels = nil
		for name, value := range info {
			labels = append(labels, name, value)
		}
		return series("ipvs_service_info", labels...)
	}
	server := func(service, address, port, forward, tunnelType, tunnelPort string) string {
		return series("ipvs_server_info", "service", service, "server", address+":"+port, "address", address, "port", port,
			"forward", forward, "tunnel_type", tunnelType, "tunnel_port", tunnelPort, "name", "")
	}
	return []string{
		series("ipvs_info", "version", "1.2.1"),
		series("ipvs_up"),
		series("ipvs_source_info", "source", "netlink"),
		plain("service", "tcp/10.0.1.100:80", "proto", "tcp", "address", "10.0.1.100", "port", "80", "scheduler", "wrr"),
		plain("service", "tcp/[fd00:1::100]:80", "proto", "tcp", "address", "fd00:1::100", "port", "80", "scheduler", "wlc",
			"family", "ipv6", "persistent", "true", "netmask", "64"),
		plain("service", "tcp/10.0.1.100:81", "proto", "tcp", "address", "10.0.1.100", "port", "81", "scheduler", "sed",
			"persistent", "true", "netmask", "255.255.255.0"),
		plain("service", "udp/10.0.1.100:53", "proto", "udp", "address", "10.0.1.100", "port", "53", "scheduler", "mh",
			"scheduler_flags", "mh-fallback,mh-port"),
		plain("service", "udp/10.0.1.100:514", "proto", "udp", "address", "10.0.1.100", "port", "514", "scheduler", "rr",
			"one_packet", "true"),
		plain("service", "sctp/10.0.1.100:9000", "proto", "sctp", "address", "10.0.1.100", "port", "9000", "scheduler", "lc"),
		plain("service", "fwm/258", "proto", "", "address", "", "port", "", "fwmark", "258", "scheduler", "rr"),
		plain("service", "fwm6/258", "proto", "", "address", "", "port", "", "fwmark", "258", "scheduler", "nq", "family", "ipv6"),
		server("tcp/10.0.1.100:80", "10.0.2.11", "8080", "masq", "", ""),
		server("udp/10.0.1.100:514", "10.0.2.11", "514", "route", "", ""),
		server("sctp/10.0.1.100:9000", "10.0.2.11", "9000", "tunnel", "gue", "6080"),
		server("fwm/258", "10.0.2.11", "0", "masq", "", ""),
	}
}

func text(value float64, found bool) string {
	if !found {
		return "nothing"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

// compare lists what only one side has, and what has another value.
func compare(got map[string]float64, want expected) []string {
	var differences []string
	for name, value := range want {
		if v, found := got[name]; !found || v != value {
			differences = append(differences, name+": exported "+text(v, found)+", ipvsadm "+text(value, true))
		}
	}
	for name, value := range got {
		if _, found := want[name]; !found && !fact(name) {
			differences = append(differences, name+": exported "+text(value, true)+", not printed by ipvsadm")
		}
	}
	return differences
}
