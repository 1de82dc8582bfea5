package main

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// build makes a panel of what all kinds have, and of what its kind has.
func (p panel) build() dashboard.Panel {
	look := looks(p.kind)
	built := dashboard.Panel{
		Type: look.plugin, Title: &p.title, Description: &p.description, Datasource: source(), Options: look.options,
		FieldConfig: &dashboard.FieldConfigSource{
			Defaults: dashboard.FieldConfig{
				Unit: &p.unit, Thresholds: p.thresholds(), Mappings: p.mappings(), Custom: look.custom,
				Color: &dashboard.FieldColor{Mode: look.color},
			},
			Overrides: []dashboard.DashboardFieldConfigSourceOverrides{},
		},
	}
	if p.kind == lines && len(p.steps) > 1 {
		look.custom.(*common.GraphFieldConfig).ThresholdsStyle = &common.GraphThresholdsStyleConfig{Mode: common.GraphThresholdsStyleModeDashed}
	}
	if p.kind == list {
		built.Transformations, built.FieldConfig.Overrides = p.arrange(), p.linked()
	}
	for i, q := range p.all() {
		ref := refID(i)
		built.Targets = append(built.Targets, q.build(ref, p.kind))
		if q.dashed {
			built.FieldConfig.Overrides = append(built.FieldConfig.Overrides, dashes(ref))
		}
	}
	return built
}

// all are the queries, and those that say that there is no answer.
func (p panel) all() []query {
	queries := p.queries
	for _, q := range p.queries {
		if q.none != "" {
			queries = append(queries[:len(queries):len(queries)], query{expr: "vector(0) unless on () (" + strings.TrimSpace(q.expr) + ")", legend: q.none})
		}
	}
	return queries
}

func refID(i int) string { return string(rune('A' + i)) }

func (q query) build(ref string, k kind) variants.Dataquery {
	built := &prometheus.Dataquery{
		RefId: &ref, Datasource: source(), Expr: selectors(q.expr), LegendFormat: &q.legend,
		EditorMode: new(prometheus.QueryEditorModeCode), Format: new(prometheus.PromQueryFormatTimeSeries),
	}
	if k == list {
		built.Format = new(prometheus.PromQueryFormatTable)
	}
	now := k == list || k == number
	built.Instant, built.Range = new(now), new(!now)
	return built
}

func (p panel) thresholds() *dashboard.ThresholdsConfig {
	t := &dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute}
	for i, s := range p.steps {
		value := &s.from
		if i == 0 {
			value = nil
		}
		t.Steps = append(t.Steps, dashboard.Threshold{Value: value, Color: s.color})
	}
	return t
}

func (p panel) mappings() []dashboard.ValueMapping {
	if p.words == nil {
		return nil
	}
	words := map[string]dashboard.ValueMappingResult{}
	for value, word := range p.words {
		words[value] = dashboard.ValueMappingResult{Text: &word}
	}
	return []dashboard.ValueMapping{{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: words}}}
}

// dashes tells a query's lines from those of the others.
func dashes(ref string) dashboard.DashboardFieldConfigSourceOverrides {
	return dashboard.DashboardFieldConfigSourceOverrides{
		Matcher: dashboard.MatcherConfig{Id: "byFrameRefID", Options: ref},
		Properties: []dashboard.DynamicConfigValue{
			{Id: "custom.lineStyle", Value: map[string]any{"fill": "dash", "dash": []int{8, 8}}},
		},
	}
}
