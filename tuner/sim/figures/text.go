package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Headings are those of the columns of [Verdict.Cells].
func Headings() []string {
	return []string{"row", "policy", "median", "worst", "settled", "failed", "moved", "admitted", "refused", "bar", "held"}
}

// Cells returns a verdict as texts for people.
func (v *Verdict) Cells() []string {
	held := "yes"
	switch {
	case len(v.Row.Bars) == 0:
		held = "-"
	case !v.Held():
		held = "NO"
	}
	var bars []string
	for _, b := range v.Row.Bars {
		bars = append(bars, b.String())
	}
	return []string{
		v.Row.Scenario.Name, string(v.Policy),
		Cost.text(v.Median[Cost]), Cost.text(v.Worst[Cost]),
		Settled.text(v.Median[Settled]), Failed.text(v.Median[Failed]), Moved.text(v.Median[Moved]),
		v.crowded(Admitted), v.crowded(Refused),
		strings.Join(bars, ", "), held,
	}
}

// crowded returns a figure of scenarios whose thresholds are to be set.
func (v *Verdict) crowded(f Figure) string {
	if !v.Row.Scenario.Config.Tuner.Limited() {
		return "-"
	}
	return f.text(v.Median[f])
}

// String returns the bar as text, "1.03" for one of the cost.
func (b Bar) String() string {
	if b.Figure == Cost {
		return b.Figure.text(b.Most)
	}
	return fmt.Sprintf("%s %s", b.Figure, b.Figure.text(b.Most))
}

// text returns a value of the figure.
func (f Figure) text(value float64) string {
	switch {
	case f == Settled && math.IsInf(value, 1):
		return "never"
	case f == Settled:
		return strconv.FormatFloat(value, 'g', 3, 64)
	case f.isRatio():
		return strconv.FormatFloat(value, 'f', 3, 64)
	}
	return strconv.FormatFloat(100*value, 'f', 2, 64) + "%"
}
