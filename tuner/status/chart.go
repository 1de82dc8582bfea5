package status

import (
	"strconv"
	"strings"
)

// The size of a chart in its own units. It is stretched to its place.
const (
	chartWidth  = 120
	chartHeight = 24
	// mostSteps is how many steps a line has: more cannot be seen.
	mostSteps = 90
)

// chart is a line over the last hour, from 0 at the bottom.
type chart struct {
	Path string // of an SVG; "" where nothing is known
	Says string // the same in words
}

// chartOf draws values up to a largest one, in steps. label gives the words for
// a value.
func chartOf(what string, v Values, largest float32, label func(float64) string) chart {
	low, high, last := nan, nan, nan
	for _, value := range v {
		if value != value {
			continue
		}
		if last = value; !(value >= low) {
			low = value
		}
		if !(value <= high) {
			high = value
		}
	}
	if last != last {
		return chart{Says: what + ": not known"}
	}
	return chart{
		Path: path(thinned(v, mostSteps), largest),
		Says: what + ": between " + label(float64(low)) + " and " + label(float64(high)) + ", last " + label(float64(last)),
	}
}

// thinned returns the means of what is known in a number of parts, equally long.
func thinned(v Values, parts int) Values {
	if len(v) <= parts {
		return v
	}
	thin := make(Values, parts)
	for i := range thin {
		sum, n := float32(0), 0
		for _, value := range v[i*len(v)/parts : (i+1)*len(v)/parts] {
			if value == value {
				sum, n = sum+value, n+1
			}
		}
		if thin[i] = nan; n > 0 {
			thin[i] = sum / float32(n)
		}
	}
	return thin
}

// path returns the commands that draw a step for each value; where one is not
// known the line is parted.
func path(v Values, largest float32) string {
	var b strings.Builder
	width, drawn := float64(chartWidth)/float64(len(v)), ""
	for i, value := range v {
		if value != value {
			drawn = ""
			continue
		}
		y := coordinate(height(value, largest))
		switch {
		case drawn == "":
			b.WriteString("M" + coordinate(float64(i)*width) + "," + y)
		case drawn != y:
			b.WriteString("V" + y)
		}
		drawn = y
		if next := i + 1; next == len(v) || v[next] != v[next] || coordinate(height(v[next], largest)) != y {
			b.WriteString("H" + coordinate(float64(next)*width))
		}
	}
	return b.String()
}

// height returns the place of a value, a line's width from the edges at least.
func height(value, largest float32) float64 {
	if largest <= 0 {
		return chartHeight - 1
	}
	return chartHeight - 1 - float64((chartHeight-2)*float64(min(value/largest, 1)))
}

func coordinate(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// largestOf returns the largest value that is known, 0 where none is.
func largestOf(all ...Values) float32 {
	largest := float32(0)
	for _, v := range all {
		for _, value := range v {
			if value > largest {
				largest = value
			}
		}
	}
	return largest
}
