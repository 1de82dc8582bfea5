package tuner

import (
	"math"
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/exact"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

const (
	// alike is the standard deviation of ln capacity among servers that are
	// meant to be equal.
	alike = 0.02
)

// compared draws what is believed of servers together as far as noise explains
// their differences: a server is taken for one like the others, unless it
// plainly is not.
func compared(servers []server) {
	var chances [capacity.Shapes]float64
	n := 0.0
	for i := range servers {
		if b := &servers[i].belief; b.Known() {
			for k, p := range b.Chances {
				chances[k] += float64(p)
			}
			n++
		}
	}
	if n < 2 {
		return
	}
	level := make([]float64, 0, len(servers))
	at := make([]float64, len(servers))
	for i := range servers {
		if b := &servers[i].belief; b.Known() {
			for k, m := range b.Means {
				at[i] += float64(chances[k] / n * float64(m))
			}
			level = append(level, at[i])
		}
	}
	slices.Sort(level)
	middle := float64((level[(len(level)-1)/2] + level[len(level)/2]) / 2)
	odds := fleetOdds{same: 0.8, spread: 1}
	for range 3 {
		odds = odds.fit(servers, at, middle)
	}
	for i := range servers {
		if b := &servers[i].belief; b.Known() {
			d, v := at[i]-middle, float64(b.Variance)
			p := odds.alike(d, v)
			own := float64((1-p)*odds.spread/(odds.spread+v)) + float64(p*alike*alike/(alike*alike+v))
			shift := float32(d * (1 - own))
			for k := range b.Means {
				b.Means[k] -= shift
				b.Chances[k] = float32(float64((1-p)*float64(b.Chances[k])) + float64(p*chances[k]/n))
			}
		}
	}
}

type fleetOdds struct{ same, spread float64 }

func (o fleetOdds) alike(d, v float64) float64 {
	same := float64(o.same * density(d, v+alike*alike))
	other := float64((1 - o.same) * density(d, v+o.spread))
	return same / (same + other)
}

func (o fleetOdds) fit(servers []server, at []float64, middle float64) fleetOdds {
	same, n, spread := 0.8, 1.0, 0.2
	for i := range servers {
		if b := &servers[i].belief; b.Known() {
			d, v := at[i]-middle, float64(b.Variance)
			p := o.alike(d, v)
			same += p
			n++
			spread += float64((1 - p) * (float64(d*d) - v))
		}
	}
	return fleetOdds{min(same/n, 0.95), max(0.01, spread/(n-same))}
}

func density(d, v float64) float64 {
	return exact.Exp(-min(600, d*d/(2*v))) / math.Sqrt(v)
}
