package main

import "github.com/grafana/grafana-foundation-sdk/go/units"

// tuner shows how weight-tuner works on one virtual service.
func tuner() board {
	return board{
		name: "tuner", title: "IPVS: weight tuner",
		description: "The tuner at work on one virtual service: what it measures, what it decides and why, and what comes of it. " +
			"A vertical line is a write.",
		variables: variables(`label_values(weight_tuner_leader{<tuner>, netns=~"$netns"}, service)`),
		marks: []mark{{
			name: "Writes", title: "{{service}}: {{reason}}", tags: "reason",
			expr: `sum by (service, reason) (weight_tuner_decisions_total{<tuned>, action="apply"}
				- (weight_tuner_decisions_total{<tuned>, action="apply"} offset $__interval or 0 * weight_tuner_decisions_total{<tuned>, action="apply"})) > 0`,
		}},
		rows: []row{
			{"Is it at work?", tunerNow()},
			{"What does it see, and what does it do about it?", tunerLoop()},
			{"Why?", tunerReasons()},
			{"How much more can the service bear?", tunerCapacity()},
		},
	}
}

func tunerNow() []panel {
	return []panel{
		{
			title: "Role", kind: number, unit: units.Short, width: 4, steps: []step{{0, "blue"}, {1, "green"}},
			description: "Whether any of the tuners chosen may write to the service, or all are on standby.",
			words:       map[string]string{"0": "standby", "1": "writes"},
			queries:     []query{{expr: `max(weight_tuner_leader{<tuned>})`}},
		},
		{
			title: "Since the last success", kind: number, unit: units.Seconds, width: 4, steps: filling(60, 300),
			description: "Time since a decision was last made and carried out without an error.",
			queries:     []query{{expr: `time() - max(weight_tuner_last_success_timestamp_seconds{<tuner>})`}},
		},
		{
			title: "Writes", kind: number, unit: units.Short, width: 4, steps: calm(),
			description: "Real servers and schedulers that were changed in the time shown, in all services of the tuners chosen.",
			queries:     []query{{expr: `sum(increase(weight_tuner_writes_total{<tuner>}[$__range]))`}},
		},
		{
			title: "Time of a cycle", kind: lines, unit: units.Seconds, width: 6, steps: filling(1, 4),
			description: "Time to ask the sources, read the table, decide, write and save: within it nine of ten cycles end.",
			queries: []query{{
				expr:   `histogram_quantile(0.9, sum by (le, instance) (rate(weight_tuner_cycle_duration_seconds_bucket{<tuner>}[$__rate_interval])))`,
				legend: "{{instance}}",
			}},
		},
		{
			title: "What goes wrong", kind: bars, unit: units.Short, width: 6, steps: calm(),
			description: "Readings of sources, writes and lines of the audit log that failed, in all services; and the times that " +
				"somebody else changed the weights of this one.",
			queries: []query{
				{expr: `sum by (source) (increase(weight_tuner_source_errors_total{<tuner>}[$__rate_interval]))`, legend: "source {{source}}"},
				{expr: `sum(increase(weight_tuner_write_errors_total{<tuner>}[$__rate_interval]))`, legend: "writes"},
				{expr: `sum(increase(weight_tuner_audit_errors_total{<tuner>}[$__rate_interval]))`, legend: "audit log"},
				{expr: `sum(increase(weight_tuner_conflicts_total{<tuned>}[$__rate_interval]))`, legend: "conflicts"},
			},
		},
	}
}

func tunerLoop() []panel {
	return []panel{
		{
			title: "Latency by real server", kind: lines, unit: units.Seconds, width: 12, steps: calm(),
			description: "What the tuner takes for each real server's mean latency, smoothed. By the kernel's counters, it is how long a connection is active.",
			queries: []query{
				{expr: `max by (server) (weight_tuner_server_latency_seconds{<tuned>})`, legend: "{{server}}", none: "no latency is measured"},
			},
		},
		{
			title: "Spread of latency", kind: lines, unit: units.Short, width: 6, steps: calm(),
			description: "The slowest real server's latency over the fastest one's. 1 is what equalize aims at; optimize leaves fast servers fast.",
			queries: []query{{
				expr:   `max(weight_tuner_server_latency_seconds{<tuned>}) / min(weight_tuner_server_latency_seconds{<tuned>})`,
				legend: "slowest over fastest", none: "no latency is measured",
			}},
		},
		{
			title: "Predicted mean latency", kind: lines, unit: units.Seconds, width: 6, steps: calm(),
			description: "What the policy optimize expects of the weights that it found, and of those that it wants. Where both are the same nothing is to be gained.",
			queries: []query{{
				expr:   `max by (weights) (weight_tuner_service_predicted_latency_seconds{<tuned>})`,
				legend: "weights {{weights}}", none: "nothing is predicted",
			}},
		},
		{
			title: "Weights, planned and applied", kind: levels, unit: units.NoUnit, width: 12, steps: calm(),
			description: "Weights that the last decision left, and (dashed) those in the directors' tables. They differ where somebody else has written.",
			queries: []query{
				{expr: `max by (server) (weight_tuner_server_weight{<tuned>})`, legend: "{{server}}"},
				{expr: `max by (server, instance) (ipvs_server_weight{<service>})`, legend: "{{server}} on {{instance}}", dashed: true},
			},
		},
		{
			title: "Shares, planned and measured", kind: lines, unit: units.PercentUnit, width: 12, steps: calm(),
			description: "The part of new connections that each real server is to have, and (dashed) has.",
			queries: []query{
				{expr: `max by (server) (weight_tuner_server_target_share_ratio{<tuned>})`, legend: "{{server}}", none: "no shares are planned"},
				{expr: measuredShare, legend: "{{server}} measured", dashed: true, none: "no new connections"},
			},
		},
	}
}

func tunerReasons() []panel {
	decisions := func(action string) string {
		return `sum by (reason) (increase(weight_tuner_decisions_total{<tuned>, action="` + action + `"}[$__rate_interval]))`
	}
	return []panel{
		{
			title: "Writes and why", kind: bars, unit: units.Short, width: 8, steps: calm(),
			description: "Decisions to change weights, by reason: gain (a lower mean latency), slower or faster (a server differs), failing, joined.",
			queries:     []query{{expr: decisions("apply"), legend: "{{reason}}", none: "nothing was written"}},
		},
		{
			title: "Holds and why", kind: bars, unit: units.Short, width: 8, steps: calm(),
			description: "Decisions to leave weights as they are, by reason: settled (nothing to gain), waiting (for measurements), idle, small and others.",
			queries:     []query{{expr: decisions("hold"), legend: "{{reason}}", none: "nothing was held"}},
		},
		{
			title: "Guards", kind: bars, unit: units.Short, width: 8, steps: calm(),
			description: "Decisions that a guard or the scheduler forbade, by reason. They are explained in docs/safety.md.",
			queries:     []query{{expr: decisions("skip"), legend: "{{reason}}", none: "nothing was forbidden"}},
		},
	}
}

func tunerCapacity() []panel {
	const unknown = "capacities are not known yet"
	return []panel{
		{
			title: "Demand and capacity", kind: lines, unit: units.RequestsPerSecond, width: 12, steps: calm(),
			description: "Requests that come, smoothed, and requests that the available real servers can answer.",
			queries: []query{
				{expr: `max(weight_tuner_service_demand_requests_per_second{<tuned>})`, legend: "demand", none: "nothing comes"},
				{expr: `max(weight_tuner_service_capacity_requests_per_second{<tuned>})`, legend: "capacity", dashed: true, none: unknown},
			},
		},
		{
			title: "Capacity by real server", kind: lines, unit: units.RequestsPerSecond, width: 12, steps: calm(),
			description: "Requests that each real server can answer in a second, as learnt from its latency under load.",
			queries: []query{
				{expr: `max by (server) (weight_tuner_server_capacity_requests_per_second{<tuned>})`, legend: "{{server}}", none: unknown},
			},
		},
		{
			title: "Utilization", kind: lines, unit: units.PercentUnit, width: 12, steps: filling(0.8, 1),
			description: "Demand over capacity.",
			queries:     []query{{expr: `max(weight_tuner_service_utilization_ratio{<tuned>})`, legend: "utilization", none: unknown}},
		},
		{
			title: "Real servers, desired and available", kind: levels, unit: units.Short, width: 12, steps: calm(),
			description: "How many real servers the service needs to be used to the target, and (dashed) how many there are. " +
				"The tuner adds and removes none itself: see docs/autoscaling.md.",
			queries: []query{
				{expr: `max(weight_tuner_service_desired_servers{<tuned>})`, legend: "desired", none: unknown},
				{expr: `min(ipvs_service_servers{<service>, state="available"})`, legend: "available", dashed: true},
			},
		},
	}
}
