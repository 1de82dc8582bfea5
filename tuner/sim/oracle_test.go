package sim

import (
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// TestOracleIsBest compares the two ends on servers of capacity 1:1:2:4, for
// each scheduler that shares by weight, once closed connections are as many as
// they will be.
func TestOracleIsBest(t *testing.T) {
	for _, scheduler := range []string{"wrr", "wlc", "sed", "nq", "sh", "mh", "twos"} {
		t.Run(scheduler, func(t *testing.T) {
			c := scenario(scheduler, 240, 0.5, 0.5, 1, 2)
			c.Duration, c.MeasureFrom = 320*second, 200*second
			equal, oracle := outcome(t, c, Equal), outcome(t, c, Oracle)
			if oracle.MeanCostSeconds > 0.97*equal.MeanCostSeconds {
				t.Errorf("the oracle's mean cost is %v s, that of equal weights %v s", oracle.MeanCostSeconds, equal.MeanCostSeconds)
			}
			if last := oracle.Periods[len(oracle.Periods)-1].ShareError; scheduler != "nq" && last > 0.12 {
				t.Errorf("the oracle's share error is %v in the end", last)
			}
		})
	}
}

// TestOracleKnowsAtOnce has servers go down, slow down and come back.
func TestOracleKnowsAtOnce(t *testing.T) {
	c := scenario("wrr", 90, 1, 1, 1)
	c.Servers[0].Discipline = ProcessorSharing
	slow := event(c, 80*second, ChangeSpeed)
	slow.Speed, slow.Mark = 0.3, "slow"
	c.Events = []Event{
		{At: 15 * second, Server: serverID(0), Action: Crash, Mark: "crash"},
		{At: 55 * second, Server: serverID(0), Action: Recover, Mark: "back"},
		slow,
		{At: 115 * second, Server: serverID(1), Action: Fail, Errors: 1, Mark: "black hole"},
		{At: 155 * second, Server: serverID(1), Action: Recover, Mark: "white again"},
	}
	r := outcome(t, c, Oracle)
	if failed := r.Failed.Sum(); failed > 20 {
		t.Errorf("%d requests failed: %+v", failed, r.Failed)
	}
	if len(r.Recoveries) != 5 {
		t.Fatalf("recoveries: %+v", r.Recoveries)
	}
	for _, e := range r.Recoveries {
		if e.Periods != 1 && e.Mark != "back" && e.Mark != "slow" {
			t.Errorf("recovery: %+v", e)
		}
	}
	if static := outcome(t, c, tuner.Static); static.Recoveries[3].Periods != -1 || static.Failed.Sum() < 1000 {
		t.Errorf("without a policy: %+v, %+v", static.Recoveries, static.Failed)
	}
}

// TestChurn counts what an operator does not do.
func TestChurn(t *testing.T) {
	c := scenario("wrr", 50, 1, 3)
	r := outcome(t, c, Oracle)
	if r.Writes == 0 || r.Writes > 2 || r.ShareMoved < 0.2 || r.ShareMoved > 0.5 {
		t.Errorf("%d writes moved %v", r.Writes, r.ShareMoved)
	}
	if r := outcome(t, c, Equal); r.Writes != 0 || r.ShareMoved != 0 {
		t.Errorf("equal weights: %d writes moved %v", r.Writes, r.ShareMoved)
	}
}
