package sim

import (
	"runtime"
	"testing"
	"time"
)

// TestNoAllocationPerConnection compares a run with a longer one: what the
// last part of it allocates is for its periods, not for its connections.
func TestNoAllocationPerConnection(t *testing.T) {
	c := scenario("wlc", 400, 2, 2, 2, 2)
	c.Clients.Requests, c.Clients.Think = 2, 100*time.Millisecond
	c.Servers[1].Discipline = ProcessorSharing
	c.Tuner.Interval = time.Minute
	mallocs := func(d time.Duration) (float64, float64) {
		var before, after runtime.MemStats
		c.Duration = d
		runtime.ReadMemStats(&before)
		r := outcome(t, c, Equal)
		runtime.ReadMemStats(&after)
		return float64(after.Mallocs - before.Mallocs), float64(r.Requests)
	}
	short, requests := mallocs(250 * time.Second)
	long, more := mallocs(370 * time.Second)
	if each := (long - short) / (more - requests); each > 1e-3 {
		t.Errorf("%v allocations per request", each)
	}
}

// TestPlacesAreTakenAgain runs long enough for a hundred times as many
// connections as are open at once.
func TestPlacesAreTakenAgain(t *testing.T) {
	c := scenario("wrr", 300, 2, 2)
	r := played(t, c, Equal)
	if places := len(r.connections.list) - 1; places != r.connections.peak || r.tally.requests < 100*uint64(places) {
		t.Errorf("%d places for %d connections at once, %d in all", places, r.connections.peak, r.tally.requests)
	}
}

// TestMeasuresFrom leaves the beginning out of what counts.
func TestMeasuresFrom(t *testing.T) {
	c := scenario("wrr", 5, 1)
	all := outcome(t, c, Equal)
	c.MeasureFrom = c.Duration / 2
	half := outcome(t, c, Equal)
	began := uint64(0)
	for _, p := range all.Periods {
		if p.AtSeconds >= c.MeasureFrom.Seconds() {
			began += p.Answered
		}
	}
	if half.Requests == 0 || half.Requests >= all.Requests || half.Requests+20 < began || half.Requests > began+20 {
		t.Errorf("%d of %d requests count, about %d were to", half.Requests, all.Requests, began)
	}
}

// TestSeriesIsBounded has more intervals than periods.
func TestSeriesIsBounded(t *testing.T) {
	c := scenario("wrr", 5, 1)
	c.Tuner.Interval, c.Duration = 4*time.Second, 4*2500*time.Second
	r := outcome(t, c, Equal)
	if len(r.Periods) > mostPeriods || len(r.Periods) < mostPeriods/2 {
		t.Errorf("%d periods", len(r.Periods))
	}
	at, answered := 0.0, uint64(0)
	for i, p := range r.Periods {
		if p.AtSeconds != at || i < len(r.Periods)-1 && p.Seconds != 8*4 {
			t.Fatalf("period %d begins at %v s, not %v s, and lasts %v s", i, p.AtSeconds, at, p.Seconds)
		}
		at, answered = at+p.Seconds, answered+p.Answered
	}
	if at != 10000 || answered != r.Answered {
		t.Errorf("the periods end at %v s and have %d answers of %d", at, answered, r.Answered)
	}
}
