package collector

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// output takes series, family by family, for a registry or as text. The zero
// value of what it is not for is nil.
type output struct {
	registry chan<- prometheus.Metric
	text     *text
	family   *family
}

// identity is what the series of one thing have in common.
type identity struct {
	values []string  // of the labels, in the family's order
	text   string    // the labels as text, "" where that is not kept; see appendLabels
	origin time.Time // when its counters were all zero; the zero time is unknown
}

// putFamily takes all series of a family.
func (o *output) putFamily(f *family, views []view) {
	o.begin(f)
	for i := range views {
		f.each(&views[i], o)
	}
}

// begin says of which family the next series are.
func (o *output) begin(f *family) {
	o.family = f
	if o.text != nil {
		o.text.begin(f)
	}
}

// add takes a series.
func (o *output) add(value float64, id *identity) {
	if o.text != nil {
		o.text.add(value, id)
		return
	}
	values := slices.Clone(id.values)
	if o.family.kind == prometheus.CounterValue && !id.origin.IsZero() {
		o.registry <- prometheus.MustNewConstMetricWithCreatedTimestamp(o.family.desc, o.family.kind, value, id.origin, values...)
		return
	}
	o.registry <- prometheus.MustNewConstMetric(o.family.desc, o.family.kind, value, values...)
}

// addWith takes a series of which nothing is kept but the values of its
// labels.
func (o *output) addWith(value float64, values ...string) {
	o.add(value, &identity{values: values})
}
