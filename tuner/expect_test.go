package tuner

import (
	"math"
	"testing"
)

// TestDoubtIsNoOverload has wlc share between two servers of which one may bear
// less than it gets, by a small chance. Would that be so, wlc would have seen to
// it long ago, and nothing is urgent.
func TestDoubtIsNoOverload(t *testing.T) {
	f := prepared(t, fleetOf("wlc", 200, bearing(200, 0.1), bearing(200, 0.1)))
	b := &f.servers[1].belief
	b.Chances[2], b.Chances[0], b.Means[0] = 0.97, 0.03, float32(math.Log(60))
	f.traffic.Rate, f.traffic.Factor = 200, 257
	for i := range f.servers {
		f.servers[i].perSecond = 100
	}
	rates := f.rates()
	f.expect(rates)
	now := f.shares(weightsOf(f.servers))
	if math.Abs(now[1]-0.5) > 0.05 {
		t.Errorf("shares %v are expected, want halves", now)
	}
	if f.urgent(rates, now) {
		t.Errorf("it is urgent to get from shares %v to rates %v", now, rates)
	}
}
