package collector

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// newHistogram returns the family of a histogram, classic and native.
func newHistogram(name, help string, labels []string, each func(*view, *output)) family {
	f := newGauge(name, help, labels, each)
	f.header = header(name, escapeHelp(help), "histogram")
	f.openHeader = header(name, escapeLabel(help), "histogram")
	return f
}

// classicBounds are those of classic histograms in seconds: each double the one
// before, from a millisecond to 16 s, as nearly as the buckets that are counted
// have them.
func classicBounds() (bounds []float64) {
	for e := -10; e <= 4; e++ {
		bounds = append(bounds, math.Exp2(float64(e)))
	}
	return bounds
}

// cumulate returns how many times are up to each of the bounds, which are the
// bounds of buckets.
func cumulate(h *passive.Histogram, bounds []float64) (counts []uint64) {
	var n uint64
	for bucket, in := range h.Buckets {
		n += in
		if i := len(counts); i < len(bounds) && passive.UpperBound(bucket) == bounds[i] {
			counts = append(counts, n)
		}
	}
	return counts
}

// addHistogram takes one, by the values of its labels.
func (o *output) addHistogram(h *passive.Histogram, labels []string) {
	if o.text != nil {
		o.text.addHistogram(h, labels)
		return
	}
	o.registry <- histogram{o.family.desc, *h, slices.Clone(labels)}
}

// histogram is a [prometheus.Metric] with classic and native buckets, which the
// library makes of its own histograms alone.
type histogram struct {
	desc   *prometheus.Desc
	of     passive.Histogram
	labels []string
}

// Desc implements prometheus.Metric.
func (h histogram) Desc() *prometheus.Desc { return h.desc }

// Write implements prometheus.Metric.
func (h histogram) Write(to *dto.Metric) error {
	positive := map[int]int64{}
	for bucket, in := range h.of.Buckets[1:] {
		if in > 0 {
			positive[passive.NativeIndex(bucket+1)] = int64(in)
		}
	}
	native, err := prometheus.NewConstNativeHistogram(h.desc, h.of.Count(), h.of.Sum.Seconds(), positive, nil, h.of.Buckets[0],
		passive.Schema, passive.UpperBound(0), time.Time{}, h.labels...)
	if err != nil {
		return err
	}
	if err := native.Write(to); err != nil {
		return err
	}
	to.Histogram.CreatedTimestamp = nil // not known
	bounds := classicBounds()
	for i, n := range cumulate(&h.of, bounds) {
		to.Histogram.Bucket = append(to.Histogram.Bucket, &dto.Bucket{UpperBound: &bounds[i], CumulativeCount: &n})
	}
	return nil
}

// addHistogram appends a histogram's lines, in which le is the last label.
func (t *text) addHistogram(h *passive.Histogram, labels []string) {
	t.addHeader()
	frames := string(appendFrames(nil, t.family.frames, labels))
	bounds := classicBounds()
	for i, n := range cumulate(h, bounds) {
		le := string(t.appendNumber(nil, bounds[i]))
		t.addCount(`_bucket`+frames+`",le="`+le, n)
	}
	t.addCount(`_bucket`+frames+`",le="+Inf`, h.Count())
	t.long = append(append(t.long[:0], t.family.name...), `_sum`+frames+`"} `...)
	t.long = append(t.appendNumber(t.long, h.Sum.Seconds()), '\n')
	t.write(t.long)
	t.addCount(`_count`+frames, h.Count())
}

// addCount appends a line with a whole number, which OpenMetrics writes without a
// point there.
func (t *text) addCount(series string, n uint64) {
	t.long = append(append(append(t.long[:0], t.family.name...), series...), `"} `...)
	if t.format.OpenMetrics {
		t.long = strconv.AppendUint(t.long, n, 10)
	} else {
		t.long = t.appendNumber(t.long, float64(n))
	}
	t.write(append(t.long, '\n'))
}
