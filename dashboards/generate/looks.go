package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// look is what a kind of panel has of its own.
type look struct {
	plugin  string // of Grafana
	color   dashboard.FieldColorModeId
	options any
	custom  any
}

func looks(k kind) look {
	switch k {
	case states:
		return look{"state-timeline", dashboard.FieldColorModeIdThresholds, stateOptions(), &statetimeline.FieldConfig{
			LineWidth: new(uint32(0)), FillOpacity: new(uint32(70)),
		}}
	case number:
		return look{"stat", dashboard.FieldColorModeIdThresholds, statOptions(), nil}
	case list:
		return look{"table", dashboard.FieldColorModeIdThresholds, map[string]any{"showHeader": true}, map[string]any{"filterable": true}}
	case levels:
		return look{"timeseries", dashboard.FieldColorModeIdPaletteClassic, graphOptions(), &common.GraphFieldConfig{
			LineInterpolation: new(common.LineInterpolationStepAfter), ShowPoints: new(common.VisibilityModeNever),
		}}
	case bars:
		return look{"timeseries", dashboard.FieldColorModeIdPaletteClassic, graphOptions(), &common.GraphFieldConfig{
			DrawStyle: new(common.GraphDrawStyleBars), FillOpacity: new(70.0), LineWidth: new(0.0),
			Stacking: &common.StackingConfig{Mode: new(common.StackingModeNormal), Group: new("A")},
		}}
	}
	return look{"timeseries", dashboard.FieldColorModeIdPaletteClassic, graphOptions(), &common.GraphFieldConfig{
		FillOpacity: new(5.0), ShowPoints: new(common.VisibilityModeNever),
	}}
}

func graphOptions() timeseries.Options {
	return timeseries.Options{
		Legend:  common.VizLegendOptions{DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, ShowLegend: true, Calcs: []string{}},
		Tooltip: common.VizTooltipOptions{Mode: common.TooltipDisplayModeMulti, Sort: common.SortOrderDescending},
	}
}

func stateOptions() statetimeline.Options {
	graph := graphOptions()
	return statetimeline.Options{
		ShowValue: common.VisibilityModeAuto, RowHeight: 0.8, MergeValues: new(true), AlignValue: new(common.TimelineValueAlignmentLeft),
		Legend: common.VizLegendOptions{DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, Calcs: []string{}}, Tooltip: graph.Tooltip,
	}
}

func statOptions() stat.Options {
	return stat.Options{
		GraphMode: common.BigValueGraphModeNone, ColorMode: common.BigValueColorModeValue, JustifyMode: common.BigValueJustifyModeAuto,
		TextMode: common.BigValueTextModeAuto, WideLayout: true, Orientation: common.VizOrientationAuto,
		PercentChangeColorMode: common.PercentChangeColorModeStandard,
		ReduceOptions:          common.ReduceDataOptions{Calcs: []string{"lastNotNull"}},
	}
}
