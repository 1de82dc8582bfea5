package compare

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

func TestNumbers(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{Duration(Estimate{}), "-"},
		{Duration(Estimate{Mean: 812e-6}), "812µs"},
		{Duration(Estimate{Mean: 999.7e-6}), "1.00ms"},
		{Duration(Estimate{Mean: 0.0851, Margin: 0.0023}), "85.1±2.3ms"},
		{Duration(Estimate{Mean: 0.0851, Margin: 0.00001}), "85.1ms"},
		{Duration(Estimate{Mean: 0.9996}), "1.00s"},
		{Duration(Estimate{Mean: 9.996}), "10.0s"},
		{Duration(Estimate{Mean: 123.4, Margin: 20}), "123±20s"},
		{Percent(Estimate{}), "0"},
		{Percent(Estimate{Mean: 0.000451, Margin: 0.00004}), "0.045±0.004%"},
		{Percent(Estimate{Mean: 0.582}), "58.2%"},
		{count(Estimate{Mean: 76}), "76"},
		{count(Estimate{Mean: 73.8, Margin: 3}), "73.8±3.0"},
		{count(Estimate{Mean: 2423.4, Margin: 18}), "2423±18"},
		{Periods(-1), "never"}, {Periods(3), "3"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

// sample returns made-up results of a scenario with marks.
func sample(t *testing.T) []Comparison {
	t.Helper()
	s := story(t, "sample", "events: [{at: 30s, server: slow, action: crash, mark: the crash}]\n")
	result := sim.Result{
		Policy: tuner.Equalize, Seed: 1, Requests: 101, Answered: 100, Failed: sim.Errors{Refused: 1},
		Latency:  sim.Latency{MeanSeconds: 0.0123, P50Seconds: 0.01, P95Seconds: 0.03, P99Seconds: 0.05, P999Seconds: 0.1},
		PeakOpen: 7, ShareError: 0.25, Writes: 2, ShareMoved: 0.5,
		Recoveries: []sim.Recovery{{Mark: "the crash", AtSeconds: 30, Periods: -1}},
		Decisions:  []sim.Decision{{Action: tuner.Skip, Reason: "it may not be"}},
	}
	return []Comparison{{s, []Row{{tuner.Equalize, []sim.Result{result}}}}}
}

func TestWriteText(t *testing.T) {
	var b strings.Builder
	if err := WriteText(&b, append(sample(t), Comparison{story(t, "calm", ""), []Row{{"p", []sim.Result{{}}}}})); err != nil {
		t.Fatal(err)
	}
	const want = `sample: tcp/10.0.0.1:80, wrr, 2 real servers, 1m0s
  POLICY    MEAN    P50     P95     P99     P99.9  ERRORS  PEAK  SHARE ERROR  WRITES  MOVED  RECOVERED AFTER
  equalize  12.3ms  10.0ms  30.0ms  50.0ms  100ms  0.99%   7     25.0%        2       50.0%  never
  recovered after, in periods of 10s: the crash at 30s
  equalize skips the service: it may not be

calm: tcp/10.0.0.1:80, wrr, 2 real servers, 1m0s
  POLICY  MEAN  P50  P95  P99  P99.9  ERRORS  PEAK  SHARE ERROR  WRITES  MOVED
  p       -     -    -    -    -      0       0     0            0       0
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestWriteJSON(t *testing.T) {
	var b strings.Builder
	if err := WriteJSON(&b, sample(t)); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Results []struct {
			Scenario string       `json:"scenario"`
			Policy   tuner.Policy `json:"policy"`
			Latency  sim.Latency  `json:"latency"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if r := got.Results; len(r) != 1 || r[0].Scenario != "sample" || r[0].Policy != tuner.Equalize || r[0].Latency.P95Seconds != 0.03 {
		t.Errorf("got %+v", r)
	}
	if strings.Contains(b.String(), "settings") {
		t.Error("settings without a sweep")
	}
}

// failing is a file that cannot be written.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestWriteErrors(t *testing.T) {
	if err := WriteText(failing{}, sample(t)); err == nil {
		t.Error("no error of a text")
	}
	if err := WriteJSON(failing{}, sample(t)); err == nil {
		t.Error("no error of JSON")
	}
}

func TestPoints(t *testing.T) {
	got := points([]Axis{{"a", []string{"1", "2"}}, {"b", []string{"x", "y"}}})
	want := []Point{{"1", "x"}, {"1", "y"}, {"2", "x"}, {"2", "y"}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSweep(t *testing.T) {
	s := Sweep{
		Grid: Grid{Scenarios: []scenario.Scenario{story(t, "a", ""), story(t, "b", "measure_from: 30s\n")},
			Policies: []tuner.Policy{tuner.Equalize, sim.Equal}, Seeds: Seeds(1, 2)},
		Axes: []Axis{{"max_change_ratio", []string{"0.05", "0.5"}}, {"interval", []string{"4s"}}},
	}
	trials, err := s.Run(quiet)
	if err != nil {
		t.Fatal(err)
	}
	if len(trials) != 4 {
		t.Fatalf("%d trials", len(trials))
	}
	for i, trial := range trials {
		if i > 0 && trial.Cost.Mean < trials[i-1].Cost.Mean {
			t.Errorf("trial %d is cheaper than the one before", i)
		}
		if len(trial.Cases) != 2 || trial.Cases[1].Scenario.Name != "b" || trial.Cases[0].Runs[0].Policy != trial.Policy {
			t.Errorf("trial %d: %s of %+v", i, trial.Policy, trial.Point)
		}
	}
	var text, table strings.Builder
	if err := errors.Join(s.WriteTrials(&table, trials), s.WriteTrialsJSON(&text, trials)); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(table.String(), "\n"); first != "MAX_CHANGE_RATIO  INTERVAL  POLICY    COST/ORACLE  ERRORS  WRITES  WORST SCENARIO" {
		t.Errorf("the table begins with %s", first)
	}
	if n := strings.Count(text.String(), `"max_change_ratio": "0.05"`); n != 8 {
		t.Errorf("%d of 8 results tell a setting", n)
	}
}

func TestSweepMistake(t *testing.T) {
	s := Sweep{Grid: Grid{Scenarios: []scenario.Scenario{story(t, "a", "")}, Policies: []tuner.Policy{tuner.Equalize}, Seeds: []uint64{1}},
		Axes: []Axis{{"max", []string{"none"}}}}
	if _, err := s.Run(quiet); err == nil || !strings.Contains(err.Error(), "max: none is not a whole number") {
		t.Errorf("error %v", err)
	}
}

func TestCosts(t *testing.T) {
	of := func(costs ...float64) []sim.Result {
		var runs []sim.Result
		for _, c := range costs {
			runs = append(runs, sim.Result{MeanCostSeconds: c})
		}
		return runs
	}
	if got := costs(of(3, 0, 5), of(2, 1, 0)); !slices.Equal(got, []float64{1.5, 1, 1}) {
		t.Errorf("costs %v", got)
	}
	if got := overScenarios([]Case{{Costs: []float64{1, 2}}, {Costs: []float64{4, 8}}}); got.Mean < 2.999 || got.Mean > 3.001 {
		t.Errorf("geometric means of 2 and 4 come to %v", got)
	}
}
