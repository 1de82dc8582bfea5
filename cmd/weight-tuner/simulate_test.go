package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

const story = `
duration: 1m
service: {id: 'tcp/10.0.0.1:80', scheduler: wrr}
servers: {web: {address: '10.0.0.2:80', count: 2, service_time: {distribution: exponential, mean: 10ms}}}
traffic: {per_second: 20}
`

func TestSimulate(t *testing.T) {
	f := files(t, map[string]string{"a.yaml": story, "b.yaml": story, "report.html": ""})
	out, err := runWith(t, "simulate", f["a.yaml"], f["b.yaml"], "--report="+f["report.html"])
	if err != nil {
		t.Fatal(err)
	}
	a, b, _ := strings.Cut(out, "\nb: ")
	if !strings.HasPrefix(a, "a: tcp/10.0.0.1:80, wrr, 2 real servers, 1m0s\n") {
		t.Errorf("printed\n%s", out)
	}
	place := 0
	for _, p := range sim.Policies() {
		if n := strings.Index(b, "\n  "+string(p)+" "); n < place {
			t.Errorf("%s is not where it belongs:\n%s", p, out)
		} else {
			place = n
		}
	}
	page, err := os.ReadFile(f["report.html"])
	if err != nil || !strings.Contains(string(page), `<section id="b">`) {
		t.Errorf("a report of %d bytes, %v", len(page), err)
	}
}

func TestSimulateJSON(t *testing.T) {
	f := files(t, map[string]string{"a.yaml": story})
	out, err := runWith(t, "simulate", f["a.yaml"], "--policy=oracle,equal,oracle", "--seed=7", "--seeds=2", "--format=json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Results []struct {
			Scenario string
			Policy   tuner.Policy
			Seed     uint64
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	var runs []string
	for _, r := range got.Results {
		runs = append(runs, r.Scenario+string(r.Policy)+string(rune('0'+r.Seed)))
	}
	if all := strings.Join(runs, " "); all != "aoracle7 aoracle8 aequal7 aequal8" {
		t.Errorf("runs %s", all)
	}
	again, err := runWith(t, "simulate", f["a.yaml"], "--policy=oracle,equal", "--seed=7", "--seeds=2", "--format=json")
	if err != nil || again != out {
		t.Errorf("the same seeds gave other results, %v", err)
	}
}

func TestSweep(t *testing.T) {
	f := files(t, map[string]string{"a.yaml": story})
	out, err := runWith(t, "simulate", f["a.yaml"], "--sweep=interval=4s,10s", "--sweep=weights.max=10,100")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 5 || !strings.HasPrefix(lines[0], "INTERVAL  WEIGHTS.MAX  POLICY") {
		t.Errorf("printed\n%s", out)
	}
	out, err = runWith(t, "simulate", f["a.yaml"], "--sweep=interval=4s", "--policy=static,equalize", "--format=json")
	if err != nil || strings.Count(out, `"interval": "4s"`) != 2 {
		t.Errorf("error %v, printed\n%.300s", err, out)
	}
}

// What is recorded from two tables can be simulated as it is.
func TestRecord(t *testing.T) {
	f := files(t, map[string]string{"first": tableAt(0), "second": tableAt(20), "mine.yaml": ""})
	out, err := runWith(t, "record", "tcp/10.0.0.1:80", "--table.file="+f["second"], "--table.file="+f["first"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"per_second: 100}", "10.0.0.3:80", "mean: 1.2s}", "mean: 100ms}"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if err := os.WriteFile(f["mine.yaml"], []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := runWith(t, "simulate", f["mine.yaml"], "--policy=equal"); err != nil {
		t.Error(err)
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ipvstest.NewDirector()
		service := ipvstest.Services()[0]
		d.AddService(service)
		r, err := watch(t.Context(), d, service.ID, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(r.Samples); n != 50 || len(r.Samples[n-1].Servers) != len(service.Servers) {
			t.Errorf("%d samples: %+v", n, r.Samples)
		}
	})
}

// The scenarios that come with the project can be read, say what they are
// about, and have a policy to show.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/scenarios/*.yaml")
	if err != nil || len(examples) < 12 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	f := simulateFlags{files: examples, seeds: 1}
	grid, err := f.grid()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range grid.Scenarios {
		if len(s.Story) < 3 || !strings.HasPrefix(s.Story[len(s.Story)-1], "Look at ") {
			t.Errorf("%s: the story is %q", s.Name, s.Story)
		}
	}
}
