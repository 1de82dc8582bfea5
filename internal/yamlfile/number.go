package yamlfile

import (
	"strconv"
	"time"
)

// Duration reads a multiple of step from low to high, as 10s; a step of 1 ns
// takes all between.
func (v Value) Duration(into *time.Duration, low, high, step time.Duration) {
	text := v.given()
	if text == "" {
		return
	}
	switch d, err := time.ParseDuration(text); {
	case err != nil:
		v.Problem("%s is not a duration such as 10s", text)
	case step == 1 && (d < low || d > high):
		v.Problem("%s is not from %s to %s", text, low, high)
	case d < low || d > high || d%step != 0:
		v.Problem("%s is not a multiple of %s from %s to %s", text, step, low, high)
	default:
		*into = d
	}
}

// Integer reads a decimal number from low to high.
func (v Value) Integer(into *uint32, low, high uint32) {
	text := v.given()
	if text == "" {
		return
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n < uint64(low) || n > uint64(high) || v.node.ShortTag() != "!!int" {
		v.Problem("%s is not a whole number from %d to %d", text, low, high)
		return
	}
	*into = uint32(n)
}

// Ratio reads a number above 0 and at most 1.
func (v Value) Ratio(into *float64) {
	// Written so that NaN is refused.
	v.number(into, "above 0 and at most 1", func(x float64) bool { return x > 0 && x <= 1 })
}

// Number reads a number from low to high.
func (v Value) Number(into *float64, low, high float64) {
	what := "from " + strconv.FormatFloat(low, 'g', -1, 64) + " to " + strconv.FormatFloat(high, 'g', -1, 64)
	v.number(into, what, func(x float64) bool { return x >= low && x <= high })
}

// number reads a number that fits; what says which do.
func (v Value) number(into *float64, what string, fits func(float64) bool) {
	text := v.given()
	if text == "" {
		return
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !fits(x) || v.node.ShortTag() == "!!str" {
		v.Problem("%s is not a number %s", text, what)
		return
	}
	*into = x
}
