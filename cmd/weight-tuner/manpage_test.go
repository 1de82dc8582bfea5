package main

import (
	"io"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
)

func TestManPage(t *testing.T) {
	app, _ := newApplication(io.Discard, io.Discard)
	golden.Expect(t, "../../../packaging/man/weight-tuner.8", daemontest.ManPage{
		Model:   app.Model(),
		Summary: "tune the weights of IPVS real servers to what they bear",
		About: []string{
			"Moves the weights of the real servers of Linux IPVS, the kernel's load balancer, to what they bear. It sees how long clients wait from the packets that the director forwards, from its own counters, from probes, or from a Prometheus.",
			"The first steps: init writes a configuration for the table that there is, under which nothing is written; run shows on its status page what it would do; with dry_run: false in the configuration it does it. restore puts back what stood before it.",
			"It needs CAP_NET_ADMIN, and for other network namespaces CAP_SYS_ADMIN. With CAP_SYS_ADMIN it also times packets, unless the source of every service is another; without it goes by counters.",
		},
		Sections: []daemontest.ManSection{
			{Title: "SIGNALS", Terms: [][2]string{
				{"SIGINT, SIGTERM", "End. Weights stay as they are, unless on_exit in the configuration says otherwise."},
			}},
			{Title: "EXIT STATUS", Terms: [][2]string{
				{"0", "It is done, or was told to end."},
				{"1", "It could not do its work."},
				{"2", "The command line is wrong."},
			}},
			{Title: "FILES", Terms: [][2]string{
				{"/etc/weight-tuner/weight-tuner.yaml", "The configuration; weight-tuner check --print-defaults has every key, explained."},
				{"/etc/default/weight-tuner", "The flags of the systemd unit, in ARGS."},
				{"/var/lib/weight-tuner/state.json", "What is remembered from one decision to the next; restore needs it."},
				{"/var/lib/weight-tuner/audit.jsonl", "Every change that was made, a line each."},
				{"/usr/share/weight-tuner", "The dashboard for Grafana, and recording rules and alerts for Prometheus."},
			}},
			{Title: "SEE ALSO", Terms: [][2]string{
				{"", "ipvsadm(8), ipvs-exporter(8), systemctl(1)"},
				{"", "https://github.com/ipvs-autopilot/ipvs-autopilot"},
			}},
		},
	}.Text())
}
