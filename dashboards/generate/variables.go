package main

import "strings"

// variable is a choice at the top of a dashboard.
type variable struct {
	name, label, description string
	query                    string // empty is the data source
	all                      string // what matches all; empty is those that the query finds
	one                      bool   // exactly one value, else any number or all
	hidden                   bool   // kept for the dashboards that are linked
}

// variables are those of every dashboard, so that links keep what was chosen;
// those that are hidden do nothing here.
func variables(service string, hidden ...string) []variable {
	all := []variable{
		{name: "datasource", label: "Data source", description: "The Prometheus that scrapes the programs.", one: true},
		{
			name: "job", label: "Job", description: "Jobs of ipvs-exporter in Prometheus's configuration.",
			query: `label_values(ipvs_up, job)`,
		},
		{
			name: "instance", label: "Director", description: "Directors, by the addresses of their exporters.",
			query: `label_values(ipvs_up{job=~"$job"}, instance)`, all: ".*",
		},
		{
			name: "netns", label: "Namespace", description: "Network namespaces other than the exporter's own, which is among all.",
			query: `label_values(ipvs_up{<exporter>}, netns)`, all: ".*",
		},
		{
			name: "tuner", label: "Tuner", description: "Tuners, by their addresses.",
			query: `label_values(weight_tuner_writes_total, instance)`, all: ".*",
		},
		{name: "service", label: "Virtual service", description: "As tcp/10.0.0.1:80 or fwm/258.", query: service, one: true},
	}
	for i := range all {
		for _, name := range hidden {
			all[i].hidden = all[i].hidden || all[i].name == name
		}
	}
	return all
}

// selectors puts a dashboard's variables into a query.
func selectors(query string) string {
	const exporter = `job=~"$job", instance=~"$instance"`
	const director = exporter + `, netns=~"$netns"`
	const tuner = `instance=~"$tuner"`
	const service = `netns=~"$netns", service="$service"`
	return strings.NewReplacer(
		"<exporter>", exporter,
		"<director>", director,
		"<service>", exporter+", "+service,
		"<tuner>", tuner,
		"<tuned>", tuner+", "+service,
		"\n", " ", "\t", "",
	).Replace(strings.TrimSpace(query))
}
