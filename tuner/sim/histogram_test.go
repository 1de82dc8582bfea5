package sim

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

func TestHistogramBuckets(t *testing.T) {
	last := -1
	for d := time.Duration(0); d < 1<<61; d += d>>9 + 1 {
		b := bucketOf(uint64(d))
		if b != last && b != last+1 {
			t.Fatalf("%d ns is in bucket %d after %d", d, b, last)
		}
		if off := math.Abs(float64(middleOf(b) - d)); off > 0.004*float64(d) {
			t.Fatalf("the middle of %d ns's bucket is %d", d, middleOf(b))
		}
		last = b
	}
	if b := bucketOf(math.MaxInt64); b >= len(histogram{}.counts) {
		t.Errorf("the longest time is in bucket %d", b)
	}
}

func TestHistogramQuantiles(t *testing.T) {
	var h histogram
	if got := h.latency(); got != (Latency{}) {
		t.Errorf("of nothing: %+v", got)
	}
	s := newStream(1, "times")
	var times []time.Duration
	for range 10000 {
		d := nanoseconds(exact.Exp(16 + 3*s.normal()))
		times = append(times, d)
		h.add(d)
	}
	slices.Sort(times)
	for _, q := range []float64{0, 0.5, 0.95, 0.99, 0.999, 1} {
		want := times[min(int(q*10000), 9999)]
		if got := h.quantile(q); math.Abs(float64(got-want)) > 0.004*float64(want) {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}
