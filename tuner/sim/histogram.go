package sim

import (
	"math/bits"
	"time"
)

// precision is the number of bits of a time that its bucket keeps after the
// first: a bucket spans at most 1/128 of its times, and its middle is within
// 0.4 % of each of them.
const precision = 7

// histogram counts times of 1 ns and more in buckets whose width grows with
// the time; it is 57 KiB whatever it counts.
type histogram struct {
	counts [(64 - precision) << precision]uint64
	total  uint64
	sum    time.Duration
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(uint64(d))]++
	h.total++
	h.sum += d
}

// bucketOf returns the number of a time's bucket: times below 2^(precision+1)
// have one each.
func bucketOf(d uint64) int {
	shift := max(0, bits.Len64(d)-precision-1)
	return shift<<precision + int(d>>shift)
}

// middleOf returns the middle of a bucket.
func middleOf(bucket int) time.Duration {
	shift := max(0, bucket>>precision-1)
	low := uint64(bucket-shift<<precision) << shift
	return time.Duration(low + (uint64(1)<<shift-1)/2)
}

// quantile returns the time that the part q of all do not exceed, 0 without
// any.
func (h *histogram) quantile(q float64) time.Duration {
	wanted := uint64(q * float64(h.total))
	seen := uint64(0)
	for bucket, n := range h.counts {
		if seen += n; seen > wanted || n > 0 && seen == h.total {
			return middleOf(bucket)
		}
	}
	return 0
}

func (h *histogram) mean() time.Duration {
	if h.total == 0 {
		return 0
	}
	return h.sum / time.Duration(h.total)
}

func (h *histogram) latency() Latency {
	return Latency{
		MeanSeconds: h.mean().Seconds(),
		P50Seconds:  h.quantile(0.5).Seconds(),
		P95Seconds:  h.quantile(0.95).Seconds(),
		P99Seconds:  h.quantile(0.99).Seconds(),
		P999Seconds: h.quantile(0.999).Seconds(),
	}
}
