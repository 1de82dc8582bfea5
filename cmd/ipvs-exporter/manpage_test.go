package main

import (
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
)

func TestManPage(t *testing.T) {
	app, _ := newApplication()
	golden.Expect(t, "../../../packaging/man/ipvs-exporter.8", daemontest.ManPage{
		Model:   app.Model(),
		Summary: "Prometheus exporter of Linux IPVS",
		About: []string{
			"Serves what the kernel's load balancer IPVS has to Prometheus: every virtual service and every real server, with weights, connections, packets, bytes and thresholds. It changes nothing.",
			"To read the kernel's tables on netlink it needs CAP_NET_ADMIN, and for other network namespaces CAP_SYS_ADMIN. Without them it reads /proc/net/ip_vs, which has less.",
		},
		Sections: []daemontest.ManSection{
			{Title: "SIGNALS", Terms: [][2]string{
				{"SIGHUP", "Read the file of names again."},
				{"SIGINT, SIGTERM", "End, once the answers under way are given."},
			}},
			{Title: "EXIT STATUS", Terms: [][2]string{
				{"0", "It was told to end."},
				{"1", "It could not do its work."},
				{"2", "The command line is wrong."},
			}},
			{Title: "FILES", Terms: [][2]string{
				{"/etc/default/ipvs-exporter", "The flags of the systemd unit, in ARGS."},
				{"/usr/share/ipvs-exporter", "Dashboards for Grafana, and recording rules and alerts for Prometheus."},
			}},
			{Title: "SEE ALSO", Terms: [][2]string{
				{"", "ipvsadm(8), weight-tuner(8), systemctl(1)"},
				{"", "https://github.com/ipvs-autopilot/ipvs-autopilot"},
			}},
		},
	}.Text())
}
