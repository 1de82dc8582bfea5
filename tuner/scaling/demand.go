package scaling

import (
	"math"
	"time"
)

const (
	// drift is by how much of itself a demand strays in a second in which
	// nothing happens, squared: 1 % in ten seconds. A day's curve strays by a
	// tenth of that.
	drift = 0.01 * 0.01 / 10
	// surprise is how many standard errors a reading is off that is believed
	// as it is. Noise alone does so every other week with a reading every ten
	// seconds.
	surprise = 4.0
)

// demand is a scalar Kalman filter of requests per second: it averages noise,
// and follows a crowd at once.
type demand struct {
	PerSecond float64 `json:"requests_per_second"`
	Variance  float64 `json:"variance"`
}

// take returns the demand that takes in a reading, elapsed after the last one.
func (d demand) take(perSecond, standardError float64, elapsed time.Duration) demand {
	strayed := float64(d.PerSecond * d.PerSecond * drift * elapsed.Seconds())
	prior, noise := d.Variance+strayed, float64(standardError*standardError)
	innovation := perSecond - d.PerSecond
	if math.Abs(innovation) >= float64(surprise*math.Sqrt(prior+noise)) {
		return demand{perSecond, noise}
	}
	gain := prior / (prior + noise)
	return demand{d.PerSecond + float64(gain*innovation), float64((1 - gain) * prior)}
}
