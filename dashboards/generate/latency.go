package main

import "github.com/grafana/grafana-foundation-sdk/go/units"

// notTimed is said where the exporter tells of no times.
const notTimed = "nothing is timed: --collector.latency"

// serviceLatency shows what the exporter times by packets. Estimators are kept
// apart: each has errors of its own.
func serviceLatency() []panel {
	return []panel{
		{
			title: "Response time by real server", kind: lines, unit: units.Seconds, width: 12, steps: calm(),
			description: "Mean time from a request to the beginning of the real server's answer, by how it is found: first_byte under " +
				"masquerading, timestamps or acknowledgement under direct routing and tunnels. Compare servers of one estimator only.",
			queries: []query{{
				expr: `sum by (server, estimator) (rate(ipvs_server_response_seconds_sum{<service>}[$__rate_interval]))
					/ sum by (server, estimator) (rate(ipvs_server_response_seconds_count{<service>}[$__rate_interval]))`,
				legend: "{{server}} {{estimator}}", none: notTimed,
			}},
		},
		{
			title: "Response time, slowest tenth by real server", kind: lines, unit: units.Seconds, width: 12, steps: calm(),
			description: "Nine in ten of each real server's answers begin sooner. It lies between two bounds that differ by a factor of two.",
			queries:     []query{{expr: latencyQuantile("0.9", "response", "server, estimator"), legend: "{{server}} {{estimator}}", none: notTimed}},
		},
		{
			title: "Response time of the service", kind: lines, unit: units.Seconds, width: 8, steps: calm(),
			description: "The times in which half, nine in ten and 99 in 100 answers of all real servers begin.",
			queries: []query{
				{expr: latencyQuantile("0.5", "response", "estimator"), legend: "half, {{estimator}}", none: notTimed},
				{expr: latencyQuantile("0.9", "response", "estimator"), legend: "90 %, {{estimator}}"},
				{expr: latencyQuantile("0.99", "response", "estimator"), legend: "99 %, {{estimator}}"},
			},
		},
		{
			title: "Connect time by real server", kind: lines, unit: units.Seconds, width: 8, steps: calm(),
			description: "The time in which nine in ten connections are answered by the real server's kernel, under masquerading alone. It rises where " +
				"a server's queue of connections is full.",
			queries: []query{{expr: latencyQuantile("0.9", "connect", "server"), legend: "{{server}}", none: "no masquerading, or " + notTimed}},
		},
		{
			title: "Answers not timed", kind: lines, unit: units.CountsPerSecond, width: 8, steps: calm(),
			description: "Answers and connections of all services of the director that could not be timed in a second, by why not. " +
				"docs/metrics.md says what the reasons mean.",
			queries: []query{{expr: `sum by (reason) (rate(ipvs_latency_lost_total{<director>}[$__rate_interval]))`, legend: "{{reason}}", none: notTimed}},
		},
	}
}

func latencyQuantile(part, of, by string) string {
	return `histogram_quantile(` + part + `, sum by (` + by + `, le) (rate(ipvs_server_` + of + `_seconds_bucket{<service>}[$__rate_interval])))`
}
