package report

import (
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

// cell is a figure, and the margin of its confidence interval.
type cell struct{ Value, Margin string }

// figuresOf returns the table with a row for each figure.
func figuresOf(c compare.Comparison) []figure {
	var figures []figure
	for _, h := range compare.Headings()[1:] {
		figures = append(figures, figure{Name: h})
	}
	for _, r := range c.Rows {
		for i, text := range r.Cells()[1:] {
			figures[i].Cells = append(figures[i].Cells, cellOf(text))
		}
	}
	return append(figures[:len(figures)-1], recoveries(c)...)
}

// recoveries returns a row for each mark.
func recoveries(c compare.Comparison) []figure {
	var figures []figure
	for i := range c.Marks() {
		f := figure{Name: "recovered after", Mark: i + 1}
		for _, r := range c.Rows {
			f.Cells = append(f.Cells, cell{Value: compare.Periods(r.Figures().Recoveries[i])})
		}
		figures = append(figures, f)
	}
	return figures
}

// cellOf splits 1.2±0.3s into 1.2s and ±0.3.
func cellOf(text string) cell {
	value, rest, ok := strings.Cut(text, "±")
	if !ok {
		return cell{Value: text}
	}
	margin := strings.TrimRight(rest, "µms%")
	return cell{value + rest[len(margin):], "±" + margin}
}

func marksOf(c compare.Comparison) []mark {
	var marks []mark
	for i, r := range c.Rows[0].Runs[0].Recoveries {
		marks = append(marks, mark{
			Number: i + 1, Name: r.Mark, At: shortTime(time.Duration(r.AtSeconds * float64(time.Second))),
			Left: fixed(100 * r.AtSeconds / c.Scenario.Config.Duration.Seconds()),
		})
	}
	return marks
}
