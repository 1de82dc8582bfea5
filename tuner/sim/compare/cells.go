package compare

import (
	"math"
	"strconv"
	"strings"
)

// Headings are those of the columns of [Row.Cells].
func Headings() []string {
	return []string{"policy", "mean", "p50", "p95", "p99", "p99.9", "errors", "peak", "share error", "writes", "moved", "recovered after"}
}

// Cells returns the figures as texts for people, with the margins of their
// confidence intervals where there are several seeds and the margin is not
// below the last digit.
func (r Row) Cells() []string {
	f := r.Figures()
	return []string{
		string(r.Policy),
		Duration(f.Mean), Duration(f.P50), Duration(f.P95), Duration(f.P99), Duration(f.P999),
		Percent(f.Errors), count(f.PeakOpen), Percent(f.ShareError), count(f.Writes), Percent(f.Moved),
		recoveries(f),
	}
}

// Duration returns seconds with three digits, in a unit that suits them.
func Duration(e Estimate) string {
	switch s := math.Abs(e.Mean); {
	case s == 0:
		return "-"
	case s < 0.9995e-3:
		return number(Estimate{e.Mean * 1e6, e.Margin * 1e6}, "µs")
	case s < 0.9995:
		return number(Estimate{e.Mean * 1e3, e.Margin * 1e3}, "ms")
	}
	return number(e, "s")
}

// Percent returns a ratio.
func Percent(e Estimate) string {
	if e.Mean == 0 {
		return "0"
	}
	return number(Estimate{e.Mean * 100, e.Margin * 100}, "%")
}

// Number returns a number without a unit.
func Number(e Estimate) string { return number(e, "") }

func count(e Estimate) string {
	if e.Mean == math.Trunc(e.Mean) && e.Margin == 0 {
		return strconv.FormatFloat(e.Mean, 'f', 0, 64)
	}
	return number(e, "")
}

// number returns three digits of the mean, and the margin to the same decimal.
func number(e Estimate, unit string) string {
	decimals := 2
	for _, bound := range []float64{9.995, 99.95} {
		if math.Abs(e.Mean) >= bound {
			decimals--
		}
	}
	if math.Abs(e.Mean) < 0.0995 && e.Mean != 0 {
		decimals = 3
	}
	text := strconv.FormatFloat(e.Mean, 'f', decimals, 64)
	if margin := strconv.FormatFloat(e.Margin, 'f', decimals, 64); strings.Trim(margin, "0.") != "" {
		text += "±" + margin
	}
	return text + unit
}

// Periods returns how long a recovery took.
func Periods(recovery int) string {
	if recovery < 0 {
		return "never"
	}
	return strconv.Itoa(recovery)
}

func recoveries(f Figures) string {
	texts := make([]string, 0, len(f.Recoveries))
	for _, n := range f.Recoveries {
		texts = append(texts, Periods(n))
	}
	return strings.Join(texts, ", ")
}
