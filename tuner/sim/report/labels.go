package report

import (
	"strconv"
	"strings"
	"time"
)

// seconds prints a time.
func seconds(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.9995e-3:
		return short(v*1e6) + " µs"
	case v < 0.9995:
		return short(v*1e3) + " ms"
	}
	return short(v) + " s"
}

func percent(v float64) string { return short(v*100) + " %" }

func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// fixedValue prints the end of a scale, for what computes with it.
func fixedValue(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// fixed prints a place in a chart.
func fixed(v float64) string {
	text := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// shortTime prints a time without its units of zero: 2m, 1h30m.
func shortTime(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}

// fixedTenth prints a coordinate.
func fixedTenth(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}
