package collector

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// output takes series, family by family, for a registry or as text.
type output struct {
	registry chan<- prometheus.Metric // if text is nil
	text     *text
	family   *family
	column   []float64 // room for one
}

// identity is what the series of one thing have in common.
type identity struct {
	last   string          // value of the last label
	block  [blockSize]byte // which starts with it
	size   uint8           // its length, 0 where there is no block
	port   uint8           // where a real server's port begins there, else 0
	origin time.Time       // when its counters were all zero; the zero time is unknown
}

// blockSize holds any address with its port.
const blockSize = 48

// portSize holds any port.
const portSize = 5

// group is things whose series differ in the last label alone.
type group struct {
	before     []string // values of the labels before it
	identities []identity
	after      string // the text of the labels after it, where that is kept
}

// noValue stands in a column for a series that is not there.
func noValue() float64 { return math.NaN() }

func isValue(x float64) bool { return !math.IsNaN(x) }

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

// room returns a column for n values, which are to be set.
func (o *output) room(n int) []float64 {
	o.column = slices.Grow(o.column[:0], n)[:n]
	return o.column
}

// addColumn takes a series of each thing in a group, or noValue.
func (o *output) addColumn(g group, column []float64) {
	if o.text != nil {
		o.text.addColumn(g, column)
		return
	}
	for i, value := range column {
		if isValue(value) {
			of := &g.identities[i]
			o.register(value, of.origin, append(slices.Clone(g.before), of.last))
		}
	}
}

// add takes one series, by the values of its labels.
func (o *output) add(value float64, labels ...string) {
	if o.text != nil {
		o.text.add(value, labels)
		return
	}
	o.register(value, time.Time{}, slices.Clone(labels))
}

func (o *output) register(value float64, origin time.Time, labels []string) {
	if o.family.kind == prometheus.CounterValue && !origin.IsZero() {
		o.registry <- prometheus.MustNewConstMetricWithCreatedTimestamp(o.family.desc, o.family.kind, value, origin, labels...)
		return
	}
	o.registry <- prometheus.MustNewConstMetric(o.family.desc, o.family.kind, value, labels...)
}
