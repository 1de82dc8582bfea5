package tuner

import (
	"strconv"
	"time"
)

// duration reads a multiple of step from low to high.
func (v value) duration(into *time.Duration, low, high, step time.Duration) {
	text := v.scalar()
	if text == "" {
		return
	}
	switch d, err := time.ParseDuration(text); {
	case err != nil:
		v.problem("%s is not a duration such as 10s", text)
	case d < low || d > high || d%step != 0:
		v.problem("%s is not a multiple of %s from %s to %s", text, step, low, high)
	default:
		*into = d
	}
}

// integer reads a decimal number from low to high.
func (v value) integer(into *uint32, low, high uint32) {
	text := v.scalar()
	if text == "" {
		return
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n < uint64(low) || n > uint64(high) || v.node.ShortTag() != "!!int" {
		v.problem("%s is not a whole number from %d to %d", text, low, high)
		return
	}
	*into = uint32(n)
}

// ratio reads a number above 0 and at most 1.
func (v value) ratio(into *float64) {
	text := v.scalar()
	if text == "" {
		return
	}
	x, err := strconv.ParseFloat(text, 64)
	// Written so that NaN is refused.
	if err != nil || !(x > 0 && x <= 1) || v.node.ShortTag() == "!!str" {
		v.problem("%s is not a number above 0 and at most 1", text)
		return
	}
	*into = x
}
