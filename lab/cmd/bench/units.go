//go:build linux

package main

import (
	"fmt"
	"math"
)

// unit says how a figure is written.
type unit int

const (
	seconds unit = iota
	megabytes
	plain
	microseconds // seconds, written in µs
	percent      // of 1, written in %
)

// text returns a figure with its unit, "" if it is not there.
func (u unit) text(value float64) string {
	switch {
	case math.IsNaN(value):
		return ""
	case u == megabytes:
		return fmt.Sprintf("%.0f MB", value/1e6)
	case u == plain:
		return fmt.Sprintf("%.0f", value)
	case u == microseconds:
		return threeDigits(value*1e6) + " µs"
	case u == percent:
		return threeDigits(value*100) + " %"
	}
	return threeDigits(value) + " s"
}

// ratioText returns a ratio, as 1/12.3 if it is below one half.
func ratioText(r float64) string {
	switch {
	case math.IsNaN(r):
		return ""
	case r > 0 && r < 0.5:
		return "1/" + threeDigits(1/r)
	}
	return threeDigits(r)
}

// threeDigits writes that many digits that mean something; runs differ in the
// fourth.
func threeDigits(value float64) string {
	if value <= 0 {
		return fmt.Sprintf("%.3g", value)
	}
	return fmt.Sprintf("%.*f", max(0, 2-int(math.Floor(math.Log10(value)))), value)
}
