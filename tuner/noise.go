package tuner

import (
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// noiseAtFirst is the noise before any is known: a meter may well see a
	// part of the requests only.
	noiseAtFirst = 1.5
	mostNoise    = 100
	// noisePace is how much of what a step says of the noise is believed.
	noisePace = 0.15
	// normalMedian is the median of the square of a standard normal number.
	normalMedian = 0.455
)

// noise returns by how much more the variance of readings is than their counts
// explain, at least 1.
func (s *serviceState) noise() float64 {
	if s.Noise == 0 {
		return noiseAtFirst
	}
	return s.Noise
}

// noiseAfter returns the noise after a step, given by how much its readings
// were off, squared, over what was expected: on the way to the one at which
// their median is that of a normal distribution. A server that has changed is
// off too, but not half of them at once.
func noiseAfter(noise float64, surprises []float64) float64 {
	if len(surprises) < 2 {
		return noise
	}
	factor := min(max(medianOf(surprises)/normalMedian, 0.25), 4)
	return min(max(noise*exact.Exp(noisePace*exact.Log(factor)), 1), mostNoise)
}
