package main

import "github.com/grafana/grafana-foundation-sdk/go/units"

// directors shows all directors at once.
func directors() board {
	return board{
		name: "directors", title: "IPVS: directors",
		description: "All directors at once: whether they can be read, what they carry, and what is out of order.",
		variables:   variables(`label_values(ipvs_service_info{<director>}, service)`, "tuner", "service"),
		rows: []row{
			{"Is all well?", directorsNow()},
			{"What do they carry?", directorsTraffic()},
			{"What do they serve?", directorsTables()},
			{"Do pairs agree, and is any under attack?", directorsPairs()},
			{"Are they read as they should be?", directorsExporters()},
		},
	}
}

func directorsNow() []panel {
	return []panel{
		{
			title: "Directors read", kind: number, unit: units.Short, width: 4, steps: calm(),
			description: "Network namespaces whose IPVS could be read at the last scrape.",
			queries:     []query{{expr: `sum(ipvs_up{<director>})`}},
		},
		{
			title: "Directors not read", kind: number, unit: units.Short, width: 4, steps: alarming(1),
			description: "Exporters that do not answer, and network namespaces whose IPVS they cannot read.",
			queries:     []query{{expr: `(sum(1 - ipvs_up{<director>}) or vector(0)) + sum(1 - up{<exporter>})`}},
		},
		{
			title: "Virtual services", kind: number, unit: units.Short, width: 4, steps: calm(),
			description: "Different virtual services; one that is on two directors counts once.",
			queries:     []query{{expr: `count(count by (netns, service) (ipvs_service_info{<director>}))`}},
		},
		{
			title: "Real servers out of service", kind: number, unit: units.Short, width: 4, steps: warning(1),
			description: "Real servers that get no new connections: quiescent (weight 0), or overloaded (at their upper thresholds).",
			queries:     []query{{expr: `sum(ipvs_service_servers{<director>, state!="available"})`}},
		},
		{
			title: "Services without a server", kind: number, unit: units.Short, width: 4, steps: alarming(1),
			description: "Virtual services of which no real server is available: who connects is refused.",
			queries:     []query{{expr: `sum(ipvs_service_servers{<director>, state="available"} == bool 0)`}},
		},
		{
			title: "Defences at work", kind: number, unit: units.Short, width: 4, steps: warning(1),
			description: "Ways in which directors defend themselves now: they drop entries or packets, or have shorter timeouts.",
			queries:     []query{{expr: `sum(ipvs_defense_active{<director>})`}},
		},
	}
}

func directorsTraffic() []panel {
	return []panel{
		{
			title: "New connections", kind: lines, unit: units.CountsPerSecond, width: 8, steps: calm(),
			description: "Connections that each director schedules in a second.",
			queries: []query{
				{expr: `sum by (instance, netns) (rate(ipvs_connections_total{<director>}[$__rate_interval]))`, legend: "{{instance}} {{netns}}"},
			},
		},
		{
			title: "Packets", kind: lines, unit: units.PacketsPerSecond, width: 8, steps: calm(),
			description: "Packets in a second: in from clients; out to them where replies pass the director (masquerading).",
			queries:     inAndOut("packets"),
		},
		{
			title: "Bytes", kind: lines, unit: units.BytesPerSecondSI, width: 8, steps: calm(),
			description: "Bytes in a second, IP headers included: in from clients; out to them where replies pass the director (masquerading).",
			queries:     inAndOut("bytes"),
		},
	}
}

func inAndOut(what string) []query {
	return []query{
		{expr: `sum by (instance, netns) (rate(ipvs_incoming_` + what + `_total{<director>}[$__rate_interval]))`, legend: "{{instance}} {{netns}} in"},
		{expr: `sum by (instance, netns) (rate(ipvs_outgoing_` + what + `_total{<director>}[$__rate_interval]))`, legend: "{{instance}} {{netns}} out", dashed: true},
	}
}

func directorsTables() []panel {
	const byService = `by (service, scheduler, name)`
	return []panel{
		{
			title: "Services and real servers", kind: levels, unit: units.Short, width: 12, steps: calm(),
			description: "Sizes of the tables. Directors of a pair have the same.",
			queries: []query{
				{expr: `sum by (instance, netns) (ipvs_servers{<director>})`, legend: "{{instance}} {{netns}} servers"},
				{expr: `sum by (instance, netns) (ipvs_services{<director>})`, legend: "{{instance}} {{netns}} services", dashed: true},
			},
		},
		{
			title: "Real servers out of service", kind: levels, unit: units.Short, width: 12, steps: calm(),
			description: "Real servers that get no new connections, by state: quiescent is weight 0, overloaded is at the upper threshold.",
			queries: []query{
				{expr: `sum by (instance, netns, state) (ipvs_service_servers{<director>, state!="available"})`, legend: "{{instance}} {{netns}} {{state}}"},
			},
		},
		{
			title: "Virtual services", kind: list, unit: units.Short, width: 24, steps: calm(),
			description: "Each virtual service, over all directors chosen. A click on one shows it from top to bottom.",
			columns:     []string{"service", "name", "scheduler"},
			links:       map[string]string{"service": serviceLink},
			queries: []query{
				{
					expr: `sum ` + byService + ` (rate(ipvs_service_connections_total{<director>}[$__rate_interval])
						* on (job, instance, netns, service) group_left (scheduler, name) ipvs_service_info{<director>})`,
					legend: "new connections a second",
				},
				{
					expr: `sum ` + byService + ` (ipvs_service_active_connections{<director>}
						* on (job, instance, netns, service) group_left (scheduler, name) ipvs_service_info{<director>})`,
					legend: "active connections",
				},
				{
					expr: `min ` + byService + ` (ipvs_service_servers{<director>, state="available"}
						* on (job, instance, netns, service) group_left (scheduler, name) ipvs_service_info{<director>})`,
					legend: "servers available",
				},
			},
		},
	}
}

// serviceLink leads to the dashboard of the virtual service in the cell.
const serviceLink = "/d/ipvs-autopilot-service?var-service=${__value.raw:percentencode}" +
	"&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&${netns:queryparam}&${tuner:queryparam}&${__url_time_range}"

func directorsPairs() []panel {
	return []panel{
		{
			title: "Connection synchronisation", kind: states, unit: units.Short, width: 8, steps: calm(),
			description: "Sync daemons that run: a master sends connections to others, a backup takes them.",
			words:       map[string]string{"0": "none", "1": "master", "2": "backup", "3": "master and backup"},
			queries: []query{{
				expr: `sum by (instance, netns) (0 * ipvs_up{<director>} or ipvs_sync_daemon_info{<director>, role="master"}
					or 2 * ipvs_sync_daemon_info{<director>, role="backup"})`,
				legend: "{{instance}} {{netns}}",
			}},
		},
		{
			title: "Different tables", kind: states, unit: units.Short, width: 8, steps: warning(2),
			description: "Whether the directors of a job have the same table: which services and servers there are (membership), " +
				"and their weights besides. Choose the directors of one pair.",
			words: map[string]string{"1": "equal", "2": "two differ", "3": "three differ", "4": "four differ"},
			queries: []query{{
				expr: `count by (job, netns, scope) (count_values by (job, netns, scope) ("fingerprint",
					ipvs_table_fingerprint{<director>}))`,
				legend: "{{job}} {{netns}} {{scope}}",
			}},
		},
		{
			title: "Defences", kind: states, unit: units.Short, width: 8, steps: warning(1),
			description: "What a director does when memory is short: it drops a part of the old connections' entries (drop_entry) " +
				"or of the new ones' packets (drop_packet), or has shorter timeouts (secure_tcp).",
			words: map[string]string{"0": "at rest", "1": "at work"},
			queries: []query{
				{expr: `max by (instance, netns, defense) (ipvs_defense_active{<director>})`, legend: "{{instance}} {{netns}} {{defense}}"},
			},
		},
	}
}

func directorsExporters() []panel {
	return []panel{
		{
			title: "Collectors", kind: states, unit: units.Short, width: 8, steps: []step{{0, "red"}, {1, "green"}},
			description: "Whether each part of the exporter had all that it needed of the kernel.",
			words:       map[string]string{"0": "failed", "1": "read"},
			queries: []query{
				{expr: `min by (instance, collector) (ipvs_scrape_collector_success{<exporter>})`, legend: "{{instance}} {{collector}}"},
			},
		},
		{
			title: "Time of a scrape", kind: lines, unit: units.Seconds, width: 8, steps: filling(1, 5),
			description: "How long the slowest collector took, and how long Prometheus waited for all.",
			queries: []query{
				{expr: `max by (instance) (ipvs_scrape_collector_duration_seconds{<exporter>})`, legend: "{{instance}} reading"},
				{expr: `max by (instance) (scrape_duration_seconds{<exporter>})`, legend: "{{instance}} scrape", dashed: true},
			},
		},
		{
			title: "Tables read twice", kind: bars, unit: units.Short, width: 8, steps: calm(),
			description: "Reads that were begun again because the table was edited meanwhile, and entries that the kernel repeated. " +
				"Neither is an error; many of them are a table under constant change.",
			queries: []query{
				{expr: `sum by (instance) (increase(ipvs_read_retries_total{<director>}[$__rate_interval]))`, legend: "{{instance}} read again"},
				{expr: `sum by (instance) (increase(ipvs_read_duplicates_total{<director>}[$__rate_interval]))`, legend: "{{instance}} repeated"},
			},
		},
		{
			title: "Exporters", kind: list, unit: units.Short, width: 24, steps: calm(),
			description: "What reads each director, and how: netlink has everything, procfs lacks much of it (it needs no capability).",
			columns:     []string{"instance", "netns", "source", "ipvs", "exporter"},
			queries: []query{{
				expr: `max by (instance, netns, source, ipvs, exporter) (ipvs_source_info{<director>}
					* on (job, instance, netns) group_left (ipvs) label_replace(ipvs_info{<director>}, "ipvs", "$1", "version", "(.*)")
					* on (job, instance) group_left (exporter) label_replace(ipvs_exporter_build_info{<exporter>}, "exporter", "$1", "version", "(.*)"))`,
			}},
		},
	}
}
