package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// tag is on all dashboards, and finds those to link to.
const tag = "ipvs-autopilot"

// schema is that of Grafana 11; later ones bring it up to their own.
const schema = 39

// source is the Prometheus that was chosen.
func source() *common.DataSourceRef {
	return &common.DataSourceRef{Type: new("prometheus"), Uid: new("${datasource}")}
}

// build gives the form that Grafana 11 reads, and all after it. The form that
// the library prefers is read from Grafana 12 on only.
//
//lint:ignore SA1019 see above
func (b board) build() dashboard.Dashboard {
	d := *dashboard.NewDashboard()
	d.Uid, d.Title, d.Description = new(tag+"-"+b.name), &b.title, &b.description
	d.SchemaVersion, d.Tags, d.Links = schema, []string{tag}, []dashboard.DashboardLink{others()}
	d.GraphTooltip = new(dashboard.DashboardCursorSyncCrosshair)
	d.Time, d.Refresh = &dashboard.DashboardDashboardTime{From: "now-1h", To: "now"}, new("30s")
	for _, v := range b.variables {
		d.Templating.List = append(d.Templating.List, v.build())
	}
	for _, m := range b.marks {
		d.Annotations.List = append(d.Annotations.List, m.build())
	}
	d.Panels = place(b.rows)
	return d
}

// others links to the other dashboards and keeps what was chosen.
func others() dashboard.DashboardLink {
	return dashboard.DashboardLink{
		Title: "IPVS", Type: dashboard.DashboardLinkTypeDashboards, Tags: []string{tag},
		Icon: "external link", IncludeVars: true, KeepTime: true,
	}
}

func (v variable) build() dashboard.VariableModel {
	hide := dashboard.VariableHideDontHide
	if v.hidden {
		hide = dashboard.VariableHideHideVariable
	}
	m := dashboard.VariableModel{Name: v.name, Label: &v.label, Description: &v.description, Hide: &hide}
	if v.query == "" {
		m.Type, m.Query = dashboard.VariableTypeDatasource, &dashboard.StringOrMap{String: new("prometheus")}
		return m
	}
	query := selectors(v.query)
	m.Type, m.Datasource, m.Definition = dashboard.VariableTypeQuery, source(), &query
	m.Query = &dashboard.StringOrMap{Map: map[string]any{"query": query, "refId": v.name}}
	m.Refresh, m.Sort = new(dashboard.VariableRefreshOnTimeRangeChanged), new(dashboard.VariableSortNaturalAsc)
	if !v.one {
		all := func(s string) dashboard.StringOrArrayOfString {
			return dashboard.StringOrArrayOfString{ArrayOfString: []string{s}}
		}
		m.Multi, m.IncludeAll = new(true), new(true)
		m.Current = &dashboard.VariableOption{Text: all("All"), Value: all("$__all")}
	}
	if v.all != "" {
		m.AllValue = &v.all
	}
	return m
}

func (m mark) build() dashboard.AnnotationQuery {
	return dashboard.AnnotationQuery{
		Name: m.name, Datasource: source(), Enable: true, IconColor: "blue",
		Expr: new(selectors(m.expr)), Step: new("10s"), TitleFormat: &m.title, TagKeys: &m.tags,
	}
}
