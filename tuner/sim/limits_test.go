package sim

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
)

// TestRoom compares with Erlang's formula and that of M/M/1/K, at twice the
// capacity, where half must be turned away.
func TestRoom(t *testing.T) {
	tests := []struct {
		name string
		m    model
		load float64
		want int
	}{
		{"M/M/1/4 refuses 16/31", single(10), 2, 4},
		{"M/M/3/3 is too small, M/M/3/5 is not", model{workers: 3, rate: 10, scatter: 1}, 2, 5},
		{"hardly any must be", single(10), 0.5, 9},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.m.room(test.load); got != test.want {
				t.Errorf("room is %d, want %d", got, test.want)
			}
		})
	}
}

// crowd returns twice the traffic that the servers bear, for a minute, under
// direct routing.
func crowd() Config {
	c := scenario("wlc", 150, 0.5, 0.5, 1, 1)
	c.Traffic.Surges = []Surge{{At: 60 * second, Last: time.Minute, Factor: 4}}
	c.Service.Forward = ipvs.Route
	c.Service.Timeouts.TCPFin = 2 * second
	c.Tuner.Settings.Thresholds = limits.Settings{Policy: limits.Concurrency, Min: 10, Max: 1_000_000}
	return c
}

func TestOracleLimits(t *testing.T) {
	with := outcome(t, crowd(), Oracle).Admitted
	without := crowd()
	without.Tuner.Settings.Thresholds.Policy = limits.Off
	alone := outcome(t, without, Oracle).Admitted
	if with.UnavoidableRatio < 0.2 || with.UnavoidableRatio > 0.4 || with.UnavoidableRatio != alone.UnavoidableRatio {
		t.Errorf("%v of the requests must be refused, without thresholds %v", with.UnavoidableRatio, alone.UnavoidableRatio)
	}
	if with.RefusedRatio < with.UnavoidableRatio || with.RefusedRatio > 1.15*with.UnavoidableRatio {
		t.Errorf("refused are %v, unavoidable %v", with.RefusedRatio, with.UnavoidableRatio)
	}
	if with.MeanCostSeconds > 0.3 || alone.MeanCostSeconds < 2 || alone.RefusedRatio != 0 {
		t.Errorf("those admitted cost %v s; without thresholds %+v", with.MeanCostSeconds, alone)
	}
}
