package figures

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// runs returns results with these mean costs.
func runs(costs ...float64) []sim.Result {
	var results []sim.Result
	for _, c := range costs {
		results = append(results, sim.Result{MeanCostSeconds: c, Settled: int(10 * c), Answered: 1})
	}
	return results
}

func TestHeld(t *testing.T) {
	tests := []struct {
		name  string
		bars  []Bar
		costs []float64 // of three seeds; the oracle's are 1
		want  bool
	}{
		{"the median is over", []Bar{{Cost, 1.02}}, []float64{1, 1.03, 1.03}, false},
		{"the worst is too far over", []Bar{{Cost, 1.02}}, []float64{1, 1, 1.08}, false},
		{"the worst is a little over", []Bar{{Cost, 1.02}}, []float64{1, 1, 1.06}, true},
		{"one of two bars is not held", []Bar{{Cost, 2}, {Settled, 9}}, []float64{1, 1, 1}, false},
		{"both are", []Bar{{Cost, 2}, {Settled, 10}}, []float64{1, 1, 1.8}, true},
		{"no number", []Bar{{Cost, 2}}, []float64{math.NaN(), math.NaN(), math.NaN()}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			row := Row{Over: sim.Oracle, Bars: test.bars}
			v := judge(row, compare.Row{Policy: "clever", Runs: runs(test.costs...)}, runs(1, 1, 1))
			if v.Held() != test.want {
				t.Errorf("held is %v of %+v", v.Held(), v)
			}
		})
	}
}

func TestSettled(t *testing.T) {
	tests := []struct {
		name string
		r    sim.Result
		want float64
	}{
		{"never", sim.Result{Settled: -1}, math.Inf(1)},
		{"from the start", sim.Result{Settled: 7}, 7},
		{"after the slower of two events", sim.Result{Settled: 9, Recoveries: []sim.Recovery{{Settled: 3}, {Settled: 2}}}, 3},
		{"never after one", sim.Result{Settled: 1, Recoveries: []sim.Recovery{{Settled: -1}, {Settled: 2}}}, math.Inf(1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := settled(test.r); got != test.want {
				t.Errorf("settled after %v periods, want %v", got, test.want)
			}
		})
	}
}

// TestMoved has weights that change before, at and after measure_from.
func TestMoved(t *testing.T) {
	var r sim.Result
	for i, w := range []uint32{1, 9, 3, 3, 1} {
		r.Periods = append(r.Periods, sim.Period{AtSeconds: float64(10 * i), Seconds: 10, Servers: []sim.ServerPeriod{{Weight: 1}, {Weight: w}}})
	}
	c := sim.Config{MeasureFrom: 20 * time.Second, Tuner: sim.Tuner{Interval: 10 * time.Second}}
	if got, want := moved(r, c), (0.15+0+0.25)/3; math.Abs(got-want) > 1e-9 {
		t.Errorf("moved %v in a period, want %v", got, want)
	}
}

// TestJudge plays a row: what a policy is measured by comes to 1, and need not
// be among those asked for.
func TestJudge(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(rows, func(r Row) bool { return r.Scenario.Name == "noise" })
	short := rows[at]
	short.Scenario = scenario.Scenario{Name: "noise", Config: short.Scenario.Config}
	short.Scenario.Config.Duration = time.Minute
	verdicts, err := Judge([]Row{short}, []tuner.Policy{sim.Equal, tuner.Static}, FixedSeeds())
	if err != nil || len(verdicts) != 2 || verdicts[1].Median[Cost] != 1 || verdicts[1].Worst[Cost] != 1 || !verdicts[1].Held() {
		t.Errorf("got %+v and error %v", verdicts, err)
	}
}

func TestCells(t *testing.T) {
	v := Verdict{Row: Row{Bars: []Bar{{Cost, 1.03}, {Settled, 8}, {Failed, 0.002}}}, Policy: "clever",
		Median: map[Figure]float64{Cost: 1.0144, Settled: math.Inf(1), Failed: 0.0123, Moved: 0.0049},
		Worst:  map[Figure]float64{Cost: 1.05}}
	v.Row.Scenario.Name = "row"
	want := []string{"row", "clever", "1.014", "1.050", "never", "1.23%", "0.49%", "-", "-", "1.030, settled 8, failed 0.20%", "NO"}
	if got := v.Cells(); !slices.Equal(got, want) || len(got) != len(Headings()) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSeeds(t *testing.T) {
	if got, want := Seeds(time.Unix(1000, 0)), []uint64{1, 2, 3, 4, 5, 1000, 1001, 1002, 1003, 1004}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
