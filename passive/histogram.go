package passive

import (
	"math"
	"time"
)

// Buckets is how many a [Histogram] has.
const Buckets = 114

// Schema is that of native histograms whose buckets these are: four to a
// doubling.
const Schema = 2

// firstBound is the exponent, to base 2^(1/4), of the bound of the first bucket.
const firstBound = -80

// Histogram counts times by buckets.
//
// The first bucket has what took up to 2^-20 s, about a microsecond, and less
// than nothing, as a time may come out that was rounded. Each that follows has
// what took longer than the one before and up to a fourth root of 2 times that;
// the last, all that took longer than 2^8 s. Both Sum and the counts only grow.
type Histogram struct {
	Sum     time.Duration
	Buckets [Buckets]uint64
}

// Count returns how many times there are.
func (h *Histogram) Count() (n uint64) {
	for _, in := range h.Buckets {
		n += in
	}
	return n
}

// UpperBound returns that of a bucket in seconds, which is within the bucket;
// infinite is that of the last.
func UpperBound(bucket int) float64 {
	if bucket == Buckets-1 {
		return math.Inf(1)
	}
	return math.Exp2(float64(firstBound+bucket) / 4)
}

// NativeIndex returns a bucket's in a native histogram. The first is none: it
// is the bucket around zero.
func NativeIndex(bucket int) int { return firstBound + bucket }

// boundsInKernel returns the upper bounds as the program has them: in
// nanoseconds, and as many as it has room for.
func boundsInKernel() (bounds [128]uint64) {
	for i := range bounds {
		bounds[i] = math.MaxUint64
		if i < Buckets-1 {
			bounds[i] = uint64(UpperBound(i) * 1e9)
		}
	}
	return bounds
}
