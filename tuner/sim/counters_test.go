package sim

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// TestOptimizeByCounters has no meter but the director's counters, and servers
// of capacity 1:1:2:4 and four workers each, the small ones overrun at first. At
// high load the counters tell of latency with a great error, and of capacity
// with a small one.
func TestOptimizeByCounters(t *testing.T) {
	c := scenario("wrr", 280, 0.5, 0.5, 1, 2)
	c.Duration, c.MeasureFrom = 10*time.Minute, 4*time.Minute
	for i := range c.Servers {
		c.Servers[i].Workers, c.Servers[i].ServiceTime.Mean = 4, 40*time.Millisecond
	}
	best, got := outcome(t, c, Oracle), outcome(t, c, tuner.Optimize)
	if ratio := got.MeanCostSeconds / best.MeanCostSeconds; ratio > 1.06 {
		t.Errorf("costs %.3f times what the best weights would, want 1.06 at most", ratio)
	}
}

// TestOptimizeUnderEveryScheduler has short requests, so that closed connections
// are nearly all that schedulers see that count them.
func TestOptimizeUnderEveryScheduler(t *testing.T) {
	for _, scheduler := range []string{"wrr", "wlc", "sed", "nq", "mh", "sh", "twos"} {
		c := scenario(scheduler, 960, 2, 2, 4, 8)
		c.Duration, c.MeasureFrom = 10*time.Minute, 4*time.Minute
		c.Clients.Addresses.Count = 65536
		best, got := outcome(t, c, Oracle), outcome(t, c, tuner.Optimize)
		if ratio := got.MeanCostSeconds / best.MeanCostSeconds; ratio > 1.15 {
			t.Errorf("%s: costs %.3f times what the best weights would, want 1.15 at most", scheduler, ratio)
		}
	}
}

// TestOptimizeFindsWeights has servers that differ up to twentyfold, half of them
// overrun at first. Some are to get so little that mh's weights for it are coarse.
func TestOptimizeFindsWeights(t *testing.T) {
	c := scenario("mh", 292, 1.09, 1.63, 1, 0.55, 0.68, 0.47, 1.08, 1.45, 1.19, 1.05)
	c.Duration, c.MeasureFrom = 15*time.Minute, 5*time.Minute
	c.Clients.Addresses.Count = 65536
	for i, workers := range []int{1, 1, 8, 4, 4, 1, 2, 8, 2, 2} {
		c.Servers[i].Workers, c.Servers[i].Discipline = workers, ProcessorSharing
		c.Servers[i].ServiceTime = ServiceTime{Distribution: Fixed, Mean: 100 * time.Millisecond}
	}
	for seed := range uint64(4) {
		c.Seed = seed
		if r := outcome(t, c, tuner.Optimize); float64(r.Failed.Sum()) > 0.05*float64(r.Requests) {
			t.Errorf("seed %d: %d of %d requests fail", seed, r.Failed.Sum(), r.Requests)
		}
	}
}
