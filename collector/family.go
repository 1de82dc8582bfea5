package collector

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// family is all series of one name.
type family struct {
	name       string
	kind       prometheus.ValueType
	desc       *prometheus.Desc // with the labels in the order in which values are given
	frames     []frame
	header     string                   // before the series in text
	openHeader string                   // and in OpenMetrics
	each       func(v *view, o *output) // puts out the series of a network namespace
}

// frame is the text before the value of a label. Text has labels in the order
// of their names.
type frame struct {
	text  string // as {netns=" or ",service="
	label int    // whose value follows, by its place in the family's order
}

func newFamily(kind prometheus.ValueType, name, help string, labels []string, each func(*view, *output)) family {
	f := family{name: name, kind: kind, desc: prometheus.NewDesc(name, help, labels, nil), frames: framesOf(labels), each: each}
	word, openName := "gauge", name
	if kind == prometheus.CounterValue {
		word, openName = "counter", strings.TrimSuffix(name, "_total")
	}
	f.header = header(name, escapeHelp(help), word)
	f.openHeader = header(openName, escapeLabel(help), word)
	return f
}

// newGauge returns the family of a gauge, which most families are.
func newGauge(name, help string, labels []string, each func(*view, *output)) family {
	return newFamily(prometheus.GaugeValue, name, help, labels, each)
}

func framesOf(labels []string) []frame {
	frames := make([]frame, 0, len(labels))
	before := "{"
	for _, name := range slices.Sorted(slices.Values(labels)) {
		frames = append(frames, frame{before + name + `="`, slices.Index(labels, name)})
		before = `",`
	}
	return frames
}

func header(name, help, kind string) string {
	return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + kind + "\n"
}

func escapeHelp(s string) string { return strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(s) }
