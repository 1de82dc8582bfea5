package main

import (
	"math"
	"testing"
)

func TestTable(t *testing.T) {
	servers := []server{
		{"tcp/10.0.1.100:80", "10.0.2.11:8080", 100, 0.0474, 0.469},
		{"tcp/10.0.1.100:80", "10.0.2.112:8080", 2, 12.5, 0.062},
		{"fwm/258", "10.0.2.13:0", 0, math.NaN(), math.NaN()},
	}
	const rows = `
15:04:05  tcp/10.0.1.100:80  10.0.2.11:8080      100       47 ms   46.9%
          tcp/10.0.1.100:80  10.0.2.112:8080       2    12500 ms    6.2%
          fwm/258            10.0.2.13:0           0           -       -
`
	tests := []struct {
		name    string
		servers []server
		header  bool
		want    string
	}{
		{"no servers", nil, true, "\n15:04:05  no real servers\n"},
		{"rows", servers, false, rows},
		{"header", servers, true, "\ntime      virtual service    real server      weight     latency   share" + rows},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := "\n" + table("15:04:05", tt.servers, tt.header); got != tt.want {
				t.Errorf("table%s\nwant%s", got, tt.want)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct {
		name  string
		ports ports
		want  string
	}{
		{"a port is taken, no Prometheus", ports{exporter: port{41234, 9975}, tuner: port{9976, 9976}}, `
Open in a browser:
  (port 9975 is taken, so 41234 stands in for it)
  exporter's metrics   http://127.0.0.1:41234/metrics
  tuner's metrics      http://127.0.0.1:9976/metrics
  tuner's last plan    http://127.0.0.1:9976/plan
  tuner's status       http://127.0.0.1:9976/
Ctrl-C ends everything. The real servers as the tuner sees them:

`},
		{"all but Grafana", ports{exporter: port{9975, 9975}, tuner: port{9976, 9976}, prometheus: port{9090, 9090}}, `
Open in a browser:
  exporter's metrics   http://127.0.0.1:9975/metrics
  tuner's metrics      http://127.0.0.1:9976/metrics
  tuner's last plan    http://127.0.0.1:9976/plan
  tuner's status       http://127.0.0.1:9976/
  weights, latencies   http://127.0.0.1:9090` + graphs + `
  dashboards           dashboards/*.json, for a Grafana of yours: see docs/dashboards.md
Ctrl-C ends everything. The real servers as the tuner sees them:

`},
		{"all", ports{port{9975, 9975}, port{9976, 9976}, port{9090, 9090}, port{3000, 3000}}, `
Open in a browser:
  exporter's metrics   http://127.0.0.1:9975/metrics
  tuner's metrics      http://127.0.0.1:9976/metrics
  tuner's last plan    http://127.0.0.1:9976/plan
  tuner's status       http://127.0.0.1:9976/
  weights, latencies   http://127.0.0.1:9090` + graphs + `
  dashboards           http://127.0.0.1:3000/d/ipvs-autopilot-tuner
Ctrl-C ends everything. The real servers as the tuner sees them:

`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := addresses(tt.ports); got != tt.want {
				t.Errorf("text\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
