//go:build lab

package e2e

import (
	"strings"
	"testing"
)

// A user who may nothing sees all that /proc has: every kind of service,
// empty ones and SCTP's included, with scheduler, flags and persistence.
func TestUnprivileged(t *testing.T) {
	arrangeUnprivileged(t)
	out, _ := startConfined(t, "plain", "ipvs-exporter --web.listen-address=127.0.0.1:9975 --collector.rates --collector.connections --collector.percpu", exporterMetrics)
	holds(t, "ipvs-exporter")
	e := exporter{"plain"}
	got := e.all(t)

	info := func(labels ...string) string {
		all := map[string]string{
			"proto": "tcp", "address": "10.0.1.100", "fwmark": "", "family": "ipv4", "scheduler_flags": "", "pe": "",
			"persistent": "false", "netmask": "", "one_packet": "false", "name": "",
		}
		for i := 0; i < len(labels); i += 2 {
			all[labels[i]] = labels[i+1]
		}
		var list []string
		for name, value := range all {
			list = append(list, name, value)
		}
		return series("ipvs_service_info", list...)
	}
	for name, want := range map[string]float64{
		series("ipvs_up"): 1,
		series("ipvs_source_info", "source", "procfs"):                          1,
		series("ipvs_services"):                                                 4,
		info("service", "tcp/10.0.1.100:443", "port", "443", "scheduler", "sh"): 1,
		info("service", "udp/10.0.1.100:53", "proto", "udp", "port", "53", "scheduler", "rr", "one_packet", "true"):              1,
		info("service", "tcp/10.0.1.100:80", "port", "80", "scheduler", "wlc", "persistent", "true", "netmask", "255.255.255.0"): 1,
		info("service", "sctp/10.0.1.100:9000", "proto", "sctp", "port", "9000", "scheduler", "lc"):                              1,
		ofService("persistence_timeout_seconds", "tcp/10.0.1.100:80"):                                                            360,
		ofServer("weight", "sctp/10.0.1.100:9000", "10.0.2.11:9000"):                                                             7,
		ofServer("weight", "tcp/10.0.1.100:80", "10.0.2.11:8080"):                                                                3,
		ofService("weight", "tcp/10.0.1.100:443"):                                                                                0,
		series("ipvs_sysctl", "name", "conn_reuse_mode"):                                                                         1,
		series("ipvs_connections_truncated"):                                                                                     0,
		series("ipvs_cpu_connections_total", "cpu", "0"):                                                                         0,
		series("ipvs_connections_per_second"):                                                                                    0,
	} {
		if text := got.text(name); got[name] != want || text == "nothing" {
			t.Errorf("%s is %s, want %v", name, text, want)
		}
	}
	for name, value := range got {
		if strings.HasPrefix(name, "ipvs_scrape_collector_success{") && value != 1 {
			t.Errorf("%s is %v", name, value)
		}
	}
	if !strings.Contains(out.String(), "procfs") {
		t.Errorf("it does not say what it reads:\n%s", out)
	}
}

func arrangeUnprivileged(t *testing.T) {
	t.Helper()
	sh(t, "modprobe ip_vs; ip netns add plain; ip -n plain link set lo up")
	t.Cleanup(func() { sh(t, "ip netns del plain") })
	ipvsadm(t, "plain", `
		-A -t 10.0.1.100:443 -s sh
		-A -u 10.0.1.100:53 -s rr -o
		-A -t 10.0.1.100:80 -s wlc -p 360 -M 255.255.255.0
		-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 3
		-A --sctp-service 10.0.1.100:9000 -s lc
		-a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -m -w 7`)
}
