package status

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// What is not known is a dash in a table.
const dash = "–"

// seconds returns a time with three digits at most.
func seconds(v float64) string {
	switch {
	case v <= 0:
		return "0"
	case v < 0.9995e-3:
		return three(v*1e6) + " µs"
	case v < 0.9995:
		return three(v*1e3) + " ms"
	}
	return three(v) + " s"
}

func perSecond(v float64) string { return three(v) + "/s" }

func percent(v float64) string { return three(100*v) + " %" }

func weight(v float64) string { return strconv.FormatFloat(math.Round(v), 'f', 0, 64) }

// three prints three digits, and those before the point whole.
func three(v float64) string {
	if v >= 999.5 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// known prints a value that is 0 where it is not known.
func known(v float64, label func(float64) string) string {
	if v == 0 {
		return dash
	}
	return label(v)
}

// given prints a value that is nil where it is not known.
func given(v *float64, label func(float64) string) string {
	if v == nil {
		return dash
	}
	return label(*v)
}

// number returns so many things in words.
func number(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// spaced returns a code as words.
func spaced(code string) string { return strings.ReplaceAll(code, "_", " ") }

// clock prints a moment for people.
func clock(t time.Time) string { return t.UTC().Format("15:04:05") + " UTC" }

// dated prints a moment for programs.
func dated(t time.Time) string { return t.UTC().Format(time.RFC3339) }
