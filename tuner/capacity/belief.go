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
	// surest is the least variance: a belief that no reading can move is none.
	surest = 1e-9
	// most is beyond any logarithm of a capacity.
	most = 100
	// surprising is from which square on, over what was expected, a reading is
	// looked at in full.
	surprising = 4.0
	// forgotten is the least chance of a number of workers.
	forgotten = 1e-3
	// leastSlope is how much ln capacity tells of ln latency at least: that of a
	// server which is 95 % busy.
	leastSlope = 0.05
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
	Done      float64 // requests, at least 1
	Blur      float64 // variance of ln Present, where it was not measured with the rate; 0 is it was
	Calm      float64 // the same at a server where nobody waits; 0 is no other than Blur
	Flow      Flow
	Surely    bool // it cannot be nonsense
	Kept      bool // a threshold keeps Present where it is, which tells nothing of the number of workers
	Brief     bool // unlikely numbers of workers go along with the others, unless it surprises
}

// Known reports whether anything is known.
func (b *Belief) Known() bool { return b.Variance > 0 }

// Sound reports whether the belief is one that readings lead to.
func (b *Belief) Sound() bool {
	sum := float32(0)
	for i, p := range b.Chances {
		if m := b.Means[i]; !(p >= 0 && p <= 1 && m >= -most && m <= most) {
			return false
		}
		sum += p
	}
	return b.Variance == 0 || b.Variance >= surest/2 && b.Variance <= unknown && sum > 0.99 && sum < 1.01
}

// prior is the chances of the numbers of workers before anything is known.
func prior() [Shapes]float32 { return [Shapes]float32{0.25, 0.2, 0.2, 0.15, 0.1, 0.1} }

// Age returns the belief some periods later.
func (b Belief) Age(periods float64) Belief {
	if b.Known() {
		b.Variance = variance(float64(b.Variance) + float64(periods*drift*drift))
	}
	return b
}

// Take returns the belief after a reading, and how far off the reading was:
// the square of it over what was expected, below 0 if nothing was.
func (c *Curves) Take(b Belief, r Reading) (after Belief, surprise float64) {
	if !b.Known() {
		return c.begin(&r), -1
	}
	if r.Brief {
		seen := c.sights(&b, &r)
		if after, surprise = b.weigh(&seen, &r); surprise < surprising {
			return after, surprise
		}
		r.Brief = false
	}
	seen := c.sights(&b, &r)
	return b.weigh(&seen, &r)
}

// begin returns the belief of a first reading.
func (c *Curves) begin(r *Reading) Belief {
	b, v := Belief{Chances: prior()}, 0.0
	whole := *r
	whole.Brief = false
	seen := c.sights(&b, &whole)
	for i, s := range seen {
		b.Means[i] = float32(s.off)
		v += float64(float64(b.Chances[i]) * s.variance)
	}
	b.Variance = variance(v)
	return b
}

// sight is what a reading says if the server has a certain number of workers.
type sight struct {
	off      float64 // of ln capacity, from what was believed
	variance float64
	slope    float64 // by how much ln capacity falls with ln latency
	unseen   bool    // it was not looked at
}

// sights returns what a reading says for each number of workers: that the rate
// is as much of the capacity as so many present requests keep busy. How far the
// latency scatters must not depend on the number of workers, or that would be
// told by the scatter alone.
func (c *Curves) sights(b *Belief, r *Reading) (seen [Shapes]sight) {
	rate, mean, unseen := exact.Log(r.PerSecond), 0.0, 0.0
	for i := range c.of {
		if r.Brief && b.Chances[i] < unlikely {
			seen[i].unseen = true
			unseen += float64(b.Chances[i])
			continue
		}
		busy, slope := c.busy(i, b, r)
		seen[i] = sight{off: rate - exact.Log(busy) - float64(b.Means[i]), slope: slope}
		mean += float64(slope * float64(b.Chances[i]))
	}
	scatter := r.Blur
	if scatter == 0 {
		mean = max(mean/(1-unseen), leastSlope)
		scatter = (1 + float64(3*(1-mean))) / (r.Done * mean * mean)
	}
	for i := range seen {
		seen[i].variance = r.variance(seen[i].slope, scatter)
	}
	return seen
}

// variance returns that of ln capacity, where it falls by slope with ln latency,
// which scatters. What is present by Little's law has the rate as a factor, and
// so does the capacity: as far as they go together, its error is none.
func (r *Reading) variance(slope, scatter float64) float64 {
	apart := 1.0
	if r.Blur == 0 {
		apart = float64((1 - slope) * (1 - slope))
	}
	if r.Calm > 0 {
		scatter = float64((1-slope)*scatter) + float64(slope*r.Calm)
	}
	return apart/r.Done + float64(slope*slope*scatter)
}

// busy is that of a number of workers, sought where the belief has it.
func (c *Curves) busy(i int, b *Belief, r *Reading) (busy, slope float64) {
	if b.Known() {
		return c.of[i].busyNear(r.PerSecond*exact.Exp(-float64(b.Means[i])), r.Present, r.Flow)
	}
	return c.of[i].busy(r.Present, r.Flow)
}

// weigh weighs a reading, for each number of workers by itself, and by how
// likely it is then the numbers against each other.
func (b Belief) weigh(seen *[Shapes]sight, r *Reading) (after Belief, surprise float64) {
	var weighed [Shapes]weighed
	var likelihood [Shapes]float64
	before, total, unseen := float64(b.Variance), 0.0, 0.0
	for i := range seen {
		s, w := &seen[i], &weighed[i]
		if s.unseen {
			unseen += float64(b.Chances[i])
			continue
		}
		*w = s.weigh(before, r.Surely)
		// The root tempers what a reading says of the number of workers.
		likelihood[i] = float64(b.Chances[i])
		if !r.Kept {
			likelihood[i] *= math.Sqrt(w.likely * max(s.slope, leastSlope))
		}
		total += likelihood[i]
	}
	v, move, per := 0.0, 0.0, 1/total
	for i := range seen {
		if w := &weighed[i]; !seen[i].unseen {
			p := float64(likelihood[i] * per)
			v += float64(p * w.left)
			surprise += float64(p * w.off)
			move += float64(p * w.move)
			b.Means[i] += float32(w.move)
			b.Chances[i] = float32(max(forgotten, p*(1-unseen)))
		}
	}
	b.Variance = variance(v)
	b.follow(seen, move)
	b.normalize()
	return b, surprise
}

// follow moves what was not looked at.
func (b *Belief) follow(seen *[Shapes]sight, move float64) {
	for i := range seen {
		if seen[i].unseen {
			b.Means[i] += float32(move)
		}
	}
}

// weighed is what comes of a reading for one number of workers.
type weighed struct {
	move   float64 // of the belief
	left   float64 // variance
	likely float64 // how likely the reading was
	off    float64 // how far it was off, squared, over what was expected
}

// weigh weighs a reading against a belief of some variance: that nothing
// happened but noise, that the capacity has changed, or that the reading is
// nonsense.
func (s *sight) weigh(v float64, surely bool) weighed {
	const jump = changeSize * changeSize
	odd := nonsense
	if surely {
		odd = 0
	}
	square, narrow, wide := float64(s.off*s.off), 1/(v+s.variance), 1/(v+s.variance+jump)
	unlike := density(square, wide)
	same, other, wrong := float64((1-change-odd)*density(square, narrow)), float64(change*unlike), float64(odd*unlike)
	likely := same + other + wrong
	per := 1 / likely
	p, q, w := float64(same*per), float64(other*per), float64(wrong*per)
	g, h := float64(v*narrow), float64((v+jump)*wide)
	gain := float64(p*g) + float64(q*h)
	spread := float64(p*g*g) + float64(q*h*h) - float64(gain*gain)
	left := float64(p*(1-g)*v) + float64(q*(1-h)*(v+jump)) + float64(w*v) + float64(spread*square)
	return weighed{float64(gain * s.off), left, likely, float64(square * narrow)}
}

// variance returns a variance as one that a belief may have.
func variance(v float64) float32 { return float32(min(max(v, surest), unknown)) }

func (b *Belief) normalize() {
	sum := float32(0)
	for _, p := range b.Chances {
		sum += p
	}
	for i := range b.Chances {
		b.Chances[i] /= sum
	}
}

// density returns the normal density of a deviation, given its square and the
// inverse of the variance, up to a constant factor, never 0.
func density(square, precision float64) float64 {
	const tiny = 1e-3 // of which the fourth power is nothing beside 1
	x := float64(square*precision) / 2
	if x < tiny {
		return (1 - float64(x*(1-float64(x*(1.0/2-float64(x*(1.0/6))))))) * math.Sqrt(precision)
	}
	return exact.Exp(-min(600, x)) * math.Sqrt(precision)
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

// Workers returns the number of workers, 0 where nothing is known: the geometric
// mean, since a small chance of very many is no reason to let many wait.
func (b *Belief) Workers() float64 {
	sum, doublings := 0.0, 0.0
	for i, p := range b.Chances {
		sum += float64(p)
		doublings += float64(float64(p) * float64(i)) // of 2^i workers
	}
	if sum == 0 {
		return 0
	}
	return exact.Exp(doublings / sum * math.Ln2)
}

// Unloaded returns the least seconds that a request may well take at a server
// that has no other.
func (b *Belief) Unloaded() float64 {
	least := math.Inf(1)
	for i, p := range b.Chances {
		if p >= unlikely {
			least = min(least, float64(float64(i)*math.Ln2)-float64(b.Means[i])) // of 2^i workers
		}
	}
	return exact.Exp(least)
}
