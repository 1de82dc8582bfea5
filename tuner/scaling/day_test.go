package scaling

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// day returns the demand at a time after 3:00: a tenth of the peak then, the
// peak at 15:00 and a crowd of half as much again at 20:00 for half an hour.
func day(at time.Duration) float64 {
	hours := 3 + at.Hours()
	perSecond := 100 + 900*math.Pow((1-math.Cos(2*math.Pi*(hours-3)/24))/2, 2)
	if hours >= 20 && hours < 20.5 {
		perSecond *= 1.5
	}
	return perSecond
}

// TestADay counts, over a day with a peak and a crowd, how often the desired
// servers turn from more to fewer or back, and how far they are from what the
// demand needs. Servers come two minutes after they are desired and go at
// once; the readings are noisy, and so are the capacities.
func TestADay(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		c, s := Default(), State{}
		turns, direction, before, present := 0, 0, uint32(0), 3
		var coming []uint32
		short, sum, needed := 0, 0.0, 0.0
		const step = 10 * time.Second
		for at := time.Duration(0); at < 24*time.Hour; at += step {
			rate := day(at)
			noise := math.Sqrt(4 * rate / step.Seconds())
			capacity := 50 * math.Exp(0.03*random.NormFloat64())
			a, next := c.Advise(s, Load{max(0, rate+noise*random.NormFloat64()), noise, alike(present, capacity, 0.03)}, start.Add(at))
			s = next
			if way := int(*a.Desired) - int(before); before != 0 && way != 0 {
				if direction*way < 0 {
					turns++
				}
				direction = way
			}
			before = *a.Desired
			if coming = append(coming, *a.Desired); len(coming) > 12 {
				present, coming = int(min(coming[0], *a.Desired)), coming[1:]
			}
			need := rate / 50 / c.TargetUtilization
			if float64(*a.Desired) < need/1.2 {
				short++
			}
			sum, needed = sum+float64(*a.Desired), needed+math.Ceil(need)
		}
		if turns > 3 {
			t.Errorf("seed %d: the desired servers turn %d times, want 3: up, down, the crowd, down", seed, turns)
		}
		if short > 0 {
			t.Errorf("seed %d: %d readings with fewer than needed", seed, short)
		}
		if sum > 1.2*needed {
			t.Errorf("seed %d: %.2f times as many as needed", seed, sum/needed)
		}
		t.Logf("seed %d: %d turns, %.3f times what is needed", seed, turns, sum/needed)
	}
}

func TestNoiseDoesNotFlap(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 2))
		rate := 50 + 1000*random.Float64()
		relative := 0.02 + 0.2*random.Float64()
		c, s := Default(), State{}
		changes, before := 0, uint32(0)
		for i := range 8640 {
			load := Load{max(0, rate*(1+relative*random.NormFloat64())), rate * relative, alike(10, 100, 0.02)}
			a, next := c.Advise(s, load, start.Add(time.Duration(i)*10*time.Second))
			s = next
			if i >= 360 && *a.Desired != before {
				changes++
			}
			before = *a.Desired
		}
		if changes > 4 {
			t.Errorf("seed %d: %d changes in a day of %.0f/s ± %.0f %%", seed, changes, rate, 100*relative)
		}
	}
}

func TestMonotoneInDemand(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	for range 2000 {
		c := Default()
		c.TargetUtilization = 0.3 + 0.6*random.Float64()
		servers := alike(1+random.IntN(50), 100, 0.3*random.Float64())
		s := State{}
		for i := range 1 + random.IntN(40) {
			_, s = c.Advise(s, Load{3000 * random.Float64(), 300 * random.Float64(), servers}, start.Add(time.Duration(i)*10*time.Second))
		}
		now := s.Time.Add(10 * time.Second)
		noise, last := 300*random.Float64(), uint32(0)
		for demand := 0.0; demand < 4000; demand += 37 {
			a, next := c.Advise(s, Load{demand, noise, servers}, now)
			if *a.Desired < last {
				t.Fatalf("%v: %d desired at %.0f/s, %d at less", c, *a.Desired, demand, last)
			}
			if last = *a.Desired; !next.Sound() {
				t.Fatalf("unsound: %+v", next)
			}
		}
	}
}
