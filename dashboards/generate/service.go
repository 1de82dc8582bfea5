package main

import "github.com/grafana/grafana-foundation-sdk/go/units"

// virtualService shows one virtual service from top to bottom.
func virtualService() board {
	return board{
		name: "service", title: "IPVS: virtual service",
		description: "One virtual service from top to bottom. Rates and connections are summed over the directors chosen; weights, " +
			"thresholds and overheads are each director's own.",
		variables: variables(`label_values(ipvs_service_info{<director>}, service)`, "tuner"),
		rows: []row{
			{"What is it, and how is it now?", serviceNow()},
			{"What does it carry?", serviceTraffic()},
			{"How is it shared out?", serviceShares()},
			{"How long do servers take?", serviceLatency()},
			{"Who is full, who is leaving, and who stays where?", serviceLimits()},
		},
	}
}

func serviceNow() []panel {
	return []panel{
		{
			title: "New connections", kind: number, unit: units.CountsPerSecond, width: 4, steps: calm(),
			description: "Connections scheduled in a second.",
			queries:     []query{{expr: `sum(rate(ipvs_service_connections_total{<service>}[$__rate_interval]))`}},
		},
		{
			title: "Connections", kind: number, unit: units.Short, width: 8, steps: calm(),
			description: "Active: being set up or established. Inactive: all others, closed ones until they time out included; UDP has no other.",
			queries: []query{
				{expr: `sum(ipvs_service_active_connections{<service>})`, legend: "active"},
				{expr: `sum(ipvs_service_inactive_connections{<service>})`, legend: "inactive"},
			},
		},
		{
			title: "Real servers", kind: number, unit: units.Short, width: 12, steps: calm(),
			description: "Real servers by state, on the director that has most: available, quiescent (weight 0), overloaded (at the upper threshold).",
			queries:     []query{{expr: `max by (state) (ipvs_service_servers{<service>})`, legend: "{{state}}"}},
		},
		{
			title: "How it is scheduled", kind: list, unit: units.Short, width: 24, steps: calm(),
			description: "The virtual service in each director's table. A persistence of 0 s is none.",
			columns:     []string{"instance", "netns", "name", "scheduler", "scheduler_flags", "pe", "one_packet", "netmask"},
			queries: []query{{
				expr: `max by (instance, netns, name, scheduler, scheduler_flags, pe, one_packet, netmask) (ipvs_service_info{<service>}
					* on (job, instance, netns, service) group_left () (ipvs_service_persistence_timeout_seconds{<service>} or 0 * ipvs_service_weight{<service>}))`,
				legend: "persistence (s)",
			}},
		},
		{
			title: "Real servers now", kind: list, unit: units.Short, width: 24, steps: calm(),
			description: "Each real server in each director's table.",
			columns:     []string{"server", "name", "forward", "instance", "netns"},
			queries: []query{
				{expr: eachServer(`ipvs_server_weight{<service>}`), legend: "weight"},
				{expr: eachServer(`rate(ipvs_server_connections_total{<service>}[$__rate_interval])`), legend: "new connections a second"},
				{expr: eachServer(`ipvs_server_active_connections{<service>}`), legend: "active"},
				{expr: eachServer(`ipvs_server_inactive_connections{<service>}`), legend: "inactive"},
				{expr: eachServer(`ipvs_server_persistent_connections{<service>}`), legend: "persistent"},
			},
		},
	}
}

// eachServer keeps what tells a real server from others for those who look.
func eachServer(expr string) string {
	return `max by (server, name, forward, instance, netns) (` + expr + `
		* on (job, instance, netns, service, server) group_left (name, forward) ipvs_server_info{<service>})`
}

func serviceTraffic() []panel {
	return []panel{
		{
			title: "New connections by real server", kind: lines, unit: units.CountsPerSecond, width: 8, steps: calm(),
			description: "Connections that each real server is given in a second.",
			queries:     []query{{expr: `sum by (server) (rate(ipvs_server_connections_total{<service>}[$__rate_interval]))`, legend: "{{server}}"}},
		},
		{
			title: "Packets by real server", kind: lines, unit: units.PacketsPerSecond, width: 8, steps: calm(),
			description: "Packets in a second: in from clients; out to them where replies pass the director (masquerading).",
			queries:     serverInAndOut("packets"),
		},
		{
			title: "Bytes by real server", kind: lines, unit: units.BytesPerSecondSI, width: 8, steps: calm(),
			description: "Bytes in a second, IP headers included: in from clients; out to them where replies pass the director (masquerading).",
			queries:     serverInAndOut("bytes"),
		},
		{
			title: "Active connections by real server", kind: lines, unit: units.Short, width: 12, steps: calm(),
			description: "Connections that are being set up or established. UDP has none.",
			queries:     []query{{expr: `sum by (server) (ipvs_server_active_connections{<service>})`, legend: "{{server}}"}},
		},
		{
			title: "Inactive connections by real server", kind: lines, unit: units.Short, width: 12, steps: calm(),
			description: "Connections in all other states, closed ones until they time out included. Many beside few active ones are short connections.",
			queries:     []query{{expr: `sum by (server) (ipvs_server_inactive_connections{<service>})`, legend: "{{server}}"}},
		},
	}
}

func serverInAndOut(what string) []query {
	return []query{
		{expr: `sum by (server) (rate(ipvs_server_incoming_` + what + `_total{<service>}[$__rate_interval]))`, legend: "{{server}} in"},
		{expr: `sum by (server) (rate(ipvs_server_outgoing_` + what + `_total{<service>}[$__rate_interval]))`, legend: "{{server}} out", dashed: true},
	}
}

func serviceShares() []panel {
	return []panel{
		{
			title: "Share of new connections", kind: lines, unit: units.PercentUnit, width: 12, steps: calm(),
			description: "Each real server's part of the new connections, and (dashed) what the weights alone promise under rr, wrr, sh, mh and fo. " +
				"Persistence, few clients and the others' thresholds keep the two apart.",
			queries: []query{
				{expr: measuredShare, legend: "{{server}}", none: "no new connections"},
				{expr: `avg by (server) (ipvs_server_expected_share_ratio{<service>})`, legend: "{{server}} expected", dashed: true, none: "this scheduler promises no shares"},
			},
		},
		{
			title: "Overhead by real server", kind: lines, unit: units.Short, width: 12, steps: calm(),
			description: "The cost by which the scheduler compares real servers (lc, wlc, sed, nq and kin); the lowest is chosen next. " +
				"Lines that stay together are a scheduler that has its way. Quiescent servers have none.",
			queries: []query{{
				expr:   `max by (server, instance) (ipvs_server_overhead{<service>} < +Inf)`,
				legend: "{{server}} {{instance}}", none: "this scheduler compares no overheads",
			}},
		},
		{
			title: "Weights", kind: levels, unit: units.NoUnit, width: 12, steps: calm(),
			description: "The weight of each real server in each director's table. 0 is quiescent.",
			queries:     []query{{expr: `max by (server, instance) (ipvs_server_weight{<service>})`, legend: "{{server}} {{instance}}"}},
		},
		{
			title: "Weight changes", kind: bars, unit: units.NoUnit, width: 12, steps: calm(),
			description: "How often the weight of each real server has changed, by whomever. Ups and downs in turn are two who disagree.",
			queries:     []query{{expr: `sum by (server) (changes(ipvs_server_weight{<service>}[$__rate_interval]))`, legend: "{{server}}"}},
		},
	}
}

// measuredShare is each real server's part of the new connections of a service.
const measuredShare = `sum by (server) (rate(ipvs_server_connections_total{<service>}[$__rate_interval]))
	/ on () group_left () (sum(rate(ipvs_server_connections_total{<service>}[$__rate_interval])) > 0)`

func serviceLimits() []panel {
	const connections = `(ipvs_server_active_connections{<service>} + ipvs_server_inactive_connections{<service>})`
	return []panel{
		{
			title: "Use of upper thresholds", kind: lines, unit: units.PercentUnit, width: 12, steps: filling(0.8, 1),
			description: "Active and inactive connections over the upper threshold. At 100 % a real server is overloaded and gets no new ones " +
				"until it has fallen to its lower threshold.",
			queries: []query{{
				expr:   `max by (server, instance) (` + connections + ` / ipvs_server_upper_threshold_connections{<service>})`,
				legend: "{{server}} {{instance}}", none: "no real server has a threshold",
			}},
		},
		{
			title: "Persistent connections by real server", kind: lines, unit: units.Short, width: 12, steps: calm(),
			description: "Clients that stay with the real server until their persistence times out; 0 where the service is not persistent.",
			queries:     []query{{expr: `sum by (server) (ipvs_server_persistent_connections{<service>})`, legend: "{{server}}"}},
		},
		{
			title: "Connections left on quiescent servers", kind: lines, unit: units.Short, width: 12, steps: calm(),
			description: "How far each real server of weight 0 is from empty, closed connections that time out included. At 0 it can be removed " +
				"without cutting anybody off.",
			queries: []query{{
				expr:   `sum by (server) (` + connections + ` and on (job, instance, netns, service, server) ipvs_server_weight{<service>} == 0)`,
				legend: "{{server}}", none: "no real server is quiescent",
			}},
		},
		{
			title: "New connections to quiescent servers", kind: lines, unit: units.CountsPerSecond, width: 12, steps: calm(),
			description: "What comes although the weight is 0: persistent clients, and clients that use a port again. While it comes, " +
				"the server does not run empty; see expire_quiescent_template and conn_reuse_mode.",
			queries: []query{{
				expr: `sum by (server) (rate(ipvs_server_connections_total{<service>}[$__rate_interval])
					and on (job, instance, netns, service, server) ipvs_server_weight{<service>} == 0)`,
				legend: "{{server}}", none: "no real server is quiescent",
			}},
		},
	}
}
