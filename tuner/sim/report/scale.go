package report

import "math"

// scale leads from values to places from 0, the bottom, to 1.
type scale struct {
	kind      string // linear, log, or log1: logarithm of 1 and the value
	low, high float64
}

// at returns the place of a value, within the chart.
func (s scale) at(v float64) float64 {
	low, high := s.bend(s.low), s.bend(s.high)
	return min(1, max(0, (s.bend(v)-low)/(high-low)))
}

func (s scale) bend(v float64) float64 {
	switch s.kind {
	case "log":
		return math.Log(max(v, s.low))
	case "log1":
		return math.Log1p(v)
	}
	return v
}

// linear returns a scale from 0 to a round number at or above the largest
// value.
func linear(largest float64) scale {
	if largest <= 0 {
		largest = 1
	}
	return scale{"linear", 0, roundUp(largest)}
}

// logarithmic returns a scale from a round number below the values, which are
// above 0, to one above.
func logarithmic(smallest, largest float64) scale {
	low, high := roundDown(smallest), roundUp(largest)
	if high < 2*low {
		high = 2 * low
	}
	return scale{"log", low, roundUp(high)}
}

// roundUp returns the next number of one digit, 1, 2 or 5, and zeros.
func roundUp(x float64) float64 {
	magnitude := math.Pow(10, math.Floor(math.Log10(x)))
	for _, digit := range []float64{1, 2, 5} {
		if x <= digit*magnitude*(1+1e-9) {
			return digit * magnitude
		}
	}
	return 10 * magnitude
}

func roundDown(x float64) float64 {
	magnitude := math.Pow(10, math.Floor(math.Log10(x)))
	for _, digit := range []float64{5, 2} {
		if x >= digit*magnitude*(1-1e-9) {
			return digit * magnitude
		}
	}
	return magnitude
}

// ticks returns the values that are to be labelled, five at most or so.
func (s scale) ticks() []float64 {
	var ticks []float64
	switch s.kind {
	case "linear":
		for i := range 3 {
			ticks = append(ticks, s.high*float64(i)/2)
		}
	case "log1":
		ticks = []float64{0}
		for v := 10.0; v <= s.high*(1+1e-9); v *= 10 {
			ticks = append(ticks, v)
		}
	default:
		wide := s.high/s.low > 1000 // whole decades then
		for v := s.low; v <= s.high*(1+1e-9); v = roundUp(v * 1.5) {
			if digit := v / math.Pow(10, math.Floor(float64(math.Log10(v))+1e-9)); !wide || digit < 1.5 {
				ticks = append(ticks, v)
			}
		}
	}
	return ticks
}
