package sim

import (
	"math"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

// sampler draws service times.
type sampler struct {
	ServiceTime
	stream stream
	mu     float64 // mean and deviation of the logarithm, of Lognormal
	sigma  float64
}

func newSampler(t ServiceTime, s stream) sampler {
	p := sampler{ServiceTime: t, stream: s}
	if t.Distribution == Lognormal {
		variance := exact.Log(1 + float64(t.CV*t.CV))
		p.sigma = math.Sqrt(variance)
		p.mu = exact.Log(float64(t.Mean)) - float64(variance/2)
	}
	return p
}

// draw returns the work of a request, at least 1 ns.
func (p *sampler) draw() time.Duration {
	var d time.Duration
	switch p.Distribution {
	case Exponential:
		d = p.stream.wait(p.Mean)
	case Lognormal:
		d = nanoseconds(exact.Exp(p.mu + float64(p.sigma*p.stream.normal())))
	case Fixed:
		d = p.Mean
	case Sampled:
		d = p.Samples[p.stream.below(len(p.Samples))]
	}
	return max(1, d)
}

// moments returns the mean in seconds and the squared coefficient of variation.
func (t ServiceTime) moments() (mean, cv2 float64) {
	switch t.Distribution {
	case Exponential:
		return t.Mean.Seconds(), 1
	case Lognormal:
		return t.Mean.Seconds(), float64(t.CV * t.CV)
	case Fixed:
		return t.Mean.Seconds(), 0
	}
	sum, squares := 0.0, 0.0
	for _, d := range t.Samples {
		x := d.Seconds()
		sum, squares = sum+x, squares+float64(x*x)
	}
	n := float64(len(t.Samples))
	mean = sum / n
	return mean, max(0, squares/n/float64(mean*mean)-1)
}
