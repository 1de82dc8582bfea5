package capacity

import (
	"math"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
)

const (
	// drift is by how much the standard deviation of ln capacity grows in a
	// period in which nothing is known to have happened.
	drift = 0.01
	// change is the chance that a server's capacity has changed in a period,
	// and changeSize the standard deviation of the logarithm of the factor.
	change     = 0.01
	changeSize = 1.2
	// nonsense is the chance that a reading is one.
	nonsense = 0.01
	// unknown is the variance of ln capacity of which nothing is known.
	unknown = 4.0
	// forgotten is the least chance of a number of workers.
	forgotten = 1e-3
	// trust tempers what a reading says of the number of workers.
	trust = 0.5
)

// Belief is what is known of how much a real server bears. The zero Belief
// knows nothing.
type Belief struct {
	Means    [Shapes]float32 `json:"means"`   // of ln capacity in requests per second, by number of workers
	Chances  [Shapes]float32 `json:"chances"` // of these numbers; sum to 1
	Variance float32         `json:"variance"`
}

// Reading is what a window told of a server.
type Reading struct {
	PerSecond float64 // requests that were done
	Present   float64 // requests that were there on average
	Variance  float64 // of ln capacity by them
	Evenness  float64
	Surely    bool // it cannot be nonsense
}

// Known reports whether anything is known.
func (b *Belief) Known() bool { return b.Variance > 0 }

// prior is the chances of the numbers of workers before anything is known.
func prior() [Shapes]float32 { return [Shapes]float32{0.25, 0.2, 0.2, 0.15, 0.1, 0.1} }

// Age returns the belief some periods later.
func (b Belief) Age(periods float64) Belief {
	if b.Known() {
		b.Variance = float32(min(unknown, float64(b.Variance)+float64(periods*drift*drift)))
	}
	return b
}

// Take returns the belief after a reading.
func (c *Curves) Take(b Belief, r Reading) (Belief, float64) {
	var seen [Shapes]float64
	rate := exact.Log(r.PerSecond)
	for i := range c.of {
		seen[i] = rate - exact.Log(c.of[i].busy(r.Present, r.Evenness))
	}
	if !b.Known() {
		b.Chances, b.Variance = prior(), float32(r.Variance)
		for i, s := range seen {
			b.Means[i] = float32(s)
		}
		return b, 0
	}
	return b.weigh(seen, r)
}

// weigh weighs what a reading says, for each number of workers, against what
// is known: that nothing happened but noise, that the capacity has changed, or
// that the reading is nonsense.
func (b Belief) weigh(seen [Shapes]float64, r Reading) (Belief, float64) {
	v := float64(b.Variance)
	still, changed := v+r.Variance, v+r.Variance+changeSize*changeSize
	gainStill, gainChanged := v/still, (v+changeSize*changeSize)/changed
	odd := nonsense
	if r.Surely {
		odd = 0
	}
	var likelihood, moved, off [Shapes]float64
	total, surprise := 0.0, 0.0
	for i := range seen {
		off[i] = seen[i] - float64(b.Means[i])
		same := (1 - change - odd) * density(off[i], still)
		other := change * density(off[i], changed)
		wrong := odd * density(off[i], changed)
		sum := same + other + wrong
		likelihood[i] = float64(b.Chances[i]) * exact.Exp(trust*exact.Log(sum))
		moved[i] = other / sum
		keep := same / sum
		gain := float64(keep*gainStill) + float64(moved[i]*gainChanged)
		b.Means[i] += float32(gain * off[i])
		total += likelihood[i]
		_ = surprise
		off[i] *= off[i]
	}
	q, z, kept := 0.0, 0.0, 0.0
	for i := range seen {
		p := likelihood[i] / total
		q += p * moved[i]
		z += p * off[i]
		b.Chances[i] = float32(max(forgotten, p))
	}
	_ = kept
	wrong := 0.0
	if !r.Surely {
		wrong = q * nonsense / change
	}
	keep := 1 - q - wrong
	gain := float64(keep*gainStill) + float64(q*gainChanged)
	spread := float64(keep*gainStill*gainStill) + float64(q*gainChanged*gainChanged) - float64(gain*gain)
	after := float64(keep*(1-gainStill)*v) + float64(q*(1-gainChanged)*(v+changeSize*changeSize)) + float64(wrong*v) + float64(spread*z)
	b.Variance = float32(min(unknown, after))
	b.normalize()
	return b, z / still
}

func (b *Belief) normalize() {
	sum := float32(0)
	for _, p := range b.Chances {
		sum += p
	}
	for i := range b.Chances {
		b.Chances[i] /= sum
	}
}

// density returns the normal density of a deviation, up to a constant factor,
// never 0.
func density(off, variance float64) float64 {
	return exact.Exp(-min(600, off*off/(2*variance))) / math.Sqrt(variance)
}

// Capacity returns the mean of the capacity's logarithm as a capacity, and its
// standard deviation.
func (b *Belief) Capacity() (perSecond, deviation float64) {
	mean, square := 0.0, 0.0
	for i, p := range b.Chances {
		m := float64(b.Means[i])
		mean += float64(float64(p) * m)
		square += float64(float64(p) * float64(m*m))
	}
	return exact.Exp(mean), math.Sqrt(max(0, square-float64(mean*mean)) + float64(b.Variance))
}
