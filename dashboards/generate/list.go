package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// arrange makes one table of all the queries' answers, with the labels before
// the values, and the values under their queries' legends.
func (p panel) arrange() []dashboard.DataTransformerConfig {
	order, heading := map[string]int{}, map[string]string{}
	hidden := map[string]bool{"Time": true}
	for i, label := range p.columns {
		order[label] = i
	}
	for i, q := range p.queries {
		value := "Value #" + refID(i)
		if len(p.queries) == 1 {
			value = "Value"
		}
		if q.legend == "" {
			hidden[value] = true
			continue
		}
		order[value], heading[value] = len(p.columns)+i, q.legend
	}
	return []dashboard.DataTransformerConfig{
		{Id: "merge", Options: map[string]any{}},
		{Id: "organize", Options: map[string]any{"excludeByName": hidden, "indexByName": order, "renameByName": heading}},
	}
}

// linked has labels' values lead somewhere.
func (p panel) linked() []dashboard.DashboardFieldConfigSourceOverrides {
	overrides := []dashboard.DashboardFieldConfigSourceOverrides{}
	for label, url := range p.links {
		overrides = append(overrides, dashboard.DashboardFieldConfigSourceOverrides{
			Matcher: dashboard.MatcherConfig{Id: "byName", Options: label},
			Properties: []dashboard.DynamicConfigValue{
				{Id: "links", Value: []map[string]any{{"title": "Show it", "url": url}}},
			},
		})
	}
	return overrides
}
