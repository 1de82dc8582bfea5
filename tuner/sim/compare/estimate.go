package compare

import "math"

// Estimate is a mean over seeds.
type Estimate struct {
	Mean float64
	// Margin is half the width of the 95 % confidence interval around the
	// mean, by Student's t; 0 with less than two values.
	Margin float64
}

func estimate(values []float64) Estimate {
	n := float64(len(values))
	mean := 0.0
	for _, v := range values {
		mean += v
	}
	mean /= n
	if len(values) < 2 {
		return Estimate{Mean: mean}
	}
	squares := 0.0
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	return Estimate{mean, student(len(values)-1) * math.Sqrt(squares/(n-1)/n)}
}

// student returns the 97.5 % quantile of Student's t distribution with this
// many degrees of freedom, at least one; above thirty by the expansion of
// Cornish and Fisher, to three decimals.
func student(degrees int) float64 {
	quantiles := [...]float64{
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
		2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
		2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	}
	if degrees <= len(quantiles) {
		return quantiles[degrees-1]
	}
	const z = 1.959964 // of the normal distribution
	d := float64(degrees)
	return z + (z*z*z+z)/float64(4*d) + (5*z*z*z*z*z+16*z*z*z+3*z)/float64(96*d*d)
}
