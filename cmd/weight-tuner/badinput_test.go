package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

const optimizing = `
interval: 10s
services:
  - match: tcp/10.0.0.1:*
    policy: optimize
    source: kernel
`

// planFiles plans on files; "" is left out.
func planFiles(t *testing.T, config, table, observations, state string, more ...string) (string, error) {
	t.Helper()
	args := []string{"plan", "--config.file=" + config, "--format=json", "--table.file=" + table}
	if observations != "" {
		args = append(args, "--observations.file="+observations)
	}
	if state != "" {
		args = append(args, "--state.file="+state)
	}
	return runWith(t, append(args, more...)...)
}

// tableOf is a table of one service at a time, of servers as given.
func tableOf(scheduler string, servers ...string) string {
	return fmt.Sprintf(`{"time": "2026-01-02T03:04:05Z", "services": [{"service": "tcp/10.0.0.1:80", "scheduler": %q, "servers": [%s]}]}`,
		scheduler, strings.Join(servers, ", "))
}

// TestRefusedFiles has files that cannot be taken at all: the error says which
// and where, nothing is printed, and the state stays as it is.
func TestRefusedFiles(t *testing.T) {
	server := func(rest string) string { return tableOf("wrr", `{"server": "10.0.0.2:80", `+rest+`}`) }
	observed := func(rest string) string {
		return `{"observations": [{"service": "tcp/10.0.0.1:80", "server": "10.0.0.2:80", ` + rest + `}]}`
	}
	good := server(`"weight": 1`)
	tests := []struct {
		name                       string
		table, observations, state string // "" is a good one
		want                       string
	}{
		{"no table", "{", "", "", "table:1: the JSON object has no end"},
		{"weight too large", server(`"weight": 2147483648`), "", "", "10.0.0.2:80: weight: 2147483648 is above 2147483647"},
		{"weight below 0", server(`"weight": -1`), "", "", "cannot be number -1"},
		{"weight in halves", server(`"weight": 1.5`), "", "", "cannot be number 1.5"},
		{"thresholds that cross", server(`"weight": 1, "upper_threshold": 3, "lower_threshold": 4`), "", "", "lower_threshold: 4 is above the upper one, 3"},
		{"threshold too large", server(`"weight": 1, "upper_threshold": 2147483648`), "", "", "upper_threshold: 2147483648 is above"},
		{"counter too large", server(`"stats": {"connections": 18446744073709551616}`), "", "", "cannot be number 18446744073709551616"},
		{"server twice", tableOf("wrr", `{"server": "10.0.0.2:80"}`, `{"server": "10.0.0.2:80"}`), "", "", "10.0.0.2:80: is there twice"},
		{"no scheduler", tableOf(""), "", "", "has no scheduler"},
		{"negative latency", "", observed(`"latency_seconds": -1`), "", "latency_seconds: -1 is not from 0 to 86400"},
		{"not a number", "", observed(`"latency_seconds": NaN`), "", "observations:1:"},
		{"endless", "", observed(`"latency_seconds": 1e999`), "", "cannot be number 1e999"},
		{"absurd latency", "", observed(`"latency_seconds": 1e300`), "", "latency_seconds: 1e+300 is not from 0 to 86400"},
		{"absurd rate", "", observed(`"requests_per_second": 1e300`), "", "requests_per_second: 1e+300 is not from 0"},
		{"more errors than answers", "", observed(`"error_ratio": 1.5`), "", "error_ratio: 1.5 is not from 0 to 1"},
		{"nothing measured", "", observed(`"window_seconds": 10`), "", "has no measurement"},
		{"another version", "", "", `{"version": 99}`, "version 99 is not 6, that of this program; remove the file"},
		{"torn state", "", "", `{"version": 6, "netns": {"": {"serv`, "the JSON object has no end; remove the file"},
		{"state that cannot be", "", "", `{"version": 6, "netns": {"": {"services": {"fwm/1": {"noise": -1}}}}}`, "fwm/1: these values cannot be; remove the file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, observations := test.table, test.observations
			if table == "" {
				table = good
			}
			if observations == "" {
				observations = observed(`"latency_seconds": 1`)
			}
			f := files(t, map[string]string{"config": optimizing, "table": table, "observations": observations, "state": test.state})
			out, err := planFiles(t, f["config"], f["table"], f["observations"], f["state"])
			if err == nil || out != "" || !strings.Contains(err.Error(), test.want) {
				t.Errorf("printed %q, error %v, want %q in it", out, err, test.want)
			}
			if after, _ := os.ReadFile(f["state"]); string(after) != test.state {
				t.Errorf("left the state %q", after)
			}
		})
	}
}

// TestOddFiles has files that make sense by themselves but leave nothing to be
// done: the plan says so.
func TestOddFiles(t *testing.T) {
	two := tableOf("wrr", `{"server": "10.0.0.2:80", "weight": 70000}`, `{"server": "10.0.0.3:80", "weight": 1}`)
	observed := func(server, rest string) string {
		return `{"observations": [{"service": "tcp/10.0.0.1:80", "server": "` + server + `", "latency_seconds": 1` + rest + `}]}`
	}
	tests := []struct {
		name, table, observations string
		want                      string // in the reason
	}{
		{"no server", tableOf("wrr"), "", "available real servers: 0, nothing to share out"},
		{"one server", tableOf("wrr", `{"server": "10.0.0.2:80", "weight": 1}`), "", "available real servers: 1, nothing to share out"},
		{"all at 0", tableOf("wrr", `{"server": "10.0.0.2:80"}`, `{"server": "10.0.0.3:80"}`), "", "available real servers: 0, nothing to share out"},
		{"no scheduler known here", tableOf("novel"), "", "is not a scheduler known here: use wrr or wlc"},
		{"unknown server", two, observed("10.0.0.9:80", ""), "ignored observations: 10.0.0.9:80 is of no available server"},
		{"an hour too late", two, observed("10.0.0.2:80", `, "time": "2026-01-02T02:04:05Z"`), "ignored observations: 10.0.0.2:80 is too old"},
		{"a year too early", two, observed("10.0.0.2:80", `, "time": "2027-01-02T03:04:05Z"`), "ignored observations: 10.0.0.2:80 is from the future"},
		{"weights beyond what is written", two, observed("10.0.0.2:80", ""), "no weights within the bounds bring about the shares"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := files(t, map[string]string{"config": optimizing, "table": test.table, "observations": test.observations})
			if test.observations == "" {
				f["observations"] = ""
			}
			f["state"] = filepath.Join(t.TempDir(), "state")
			out, err := planFiles(t, f["config"], f["table"], f["observations"], f["state"])
			if err != nil || !strings.Contains(out, test.want) {
				t.Errorf("error %v, want %q in\n%s", err, test.want, out)
			}
			for _, s := range checkedPlan(t, out) {
				if s.Weight != s.PreviousWeight {
					t.Errorf("got %+v", s)
				}
			}
			if _, err := tuner.LoadStates(f["state"]); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStrangers has observations of services that the table does not have: they
// are told of, and the plan is made.
func TestStrangers(t *testing.T) {
	f := files(t, map[string]string{
		"config": optimizing,
		"table":  tableOf("wrr", `{"server": "10.0.0.2:80", "weight": 1}`),
		"observations": `{"observations": [
			{"service": "udp/10.0.0.1:80", "server": "10.0.0.2:80", "latency_seconds": 1},
			{"service": "tcp/10.0.0.1:80", "server": "10.0.0.2:80", "latency_seconds": 1},
			{"netns": "blue", "service": "fwm/1", "server": "10.0.0.2:80", "latency_seconds": 1}]}`,
	})
	var out, said strings.Builder
	args := []string{"plan", "--config.file=" + f["config"], "--table.file=" + f["table"], "--observations.file=" + f["observations"]}
	err := run(t.Context(), args, &out, &said)
	const want = "weight-tuner: observations of udp/10.0.0.1:80: the plan has no such virtual service\n" +
		"weight-tuner: observations of fwm/1 in blue: the plan has no such virtual service\n"
	if err != nil || said.String() != want || !strings.Contains(out.String(), "tcp/10.0.0.1:80") {
		t.Errorf("error %v, said\n%s\nplanned\n%s", err, &said, &out)
	}
}

type plannedServer struct {
	Server         string
	Weight         uint32
	PreviousWeight uint32 `json:"previous_weight"`
	Reason         string
}

// checkedPlan returns the servers of a plan that was printed, whose weights are
// as they were or, of available servers, within the limits.
func checkedPlan(t *testing.T, out string) []plannedServer {
	t.Helper()
	var plan struct {
		Services []struct {
			Action, Reason string
			Servers        []plannedServer
		}
	}
	if err := json.Unmarshal([]byte(out), &plan); err != nil || len(plan.Services) != 1 {
		t.Fatalf("%v in %s", err, out)
	}
	s := plan.Services[0]
	for _, server := range s.Servers {
		changed := server.Weight != server.PreviousWeight
		if s.Reason == "" || server.Reason == "" || changed && (s.Action != "apply" || server.PreviousWeight == 0 || server.Weight < 1 || server.Weight > 1000) {
			t.Fatalf("got %s", out)
		}
	}
	return s.Servers
}

// TestStateCutAnywhere cuts the state of a plan at many places: the next plan
// refuses it and leaves it as it is.
func TestStateCutAnywhere(t *testing.T) {
	f := files(t, map[string]string{"config": optimizing, "first": tableAt(0), "second": tableAt(10), "state": "", "cut": ""})
	if _, err := planFiles(t, f["config"], f["first"], "", f["state"]); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(f["state"])
	if err != nil {
		t.Fatal(err)
	}
	whole = bytes.TrimSpace(whole)
	for n := 0; n < len(whole); n += 17 {
		if err := os.WriteFile(f["cut"], whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := planFiles(t, f["config"], f["second"], "", f["cut"])
		if err == nil || out != "" || !strings.Contains(err.Error(), f["cut"]) {
			t.Fatalf("after %d bytes: error %v, printed\n%s", n, err, out)
		}
		if after, _ := os.ReadFile(f["cut"]); !bytes.Equal(after, whole[:n]) {
			t.Fatalf("after %d bytes: the state was written", n)
		}
	}
}

// TestPlanIsTheStepOfRun plans once a period on files, and decides as the
// daemon does with its state in memory: the plans and the states are the same to
// the byte. A plan that is made twice on equal files is the same, too.
func TestPlanIsTheStepOfRun(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	f := files(t, map[string]string{"config": optimizing, "table": "", "observations": "", "state": "", "memory": ""})
	if err := os.WriteFile(f["config"], []byte(optimizing), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := loadConfig(f["config"])
	if err != nil {
		t.Fatal(err)
	}
	var states tuner.States
	weights, counters, applied := []uint32{1, 1, 1}, []int{0, 0, 0}, 0
	for period := range 12 {
		table, observations := someTraffic(random, period, weights, counters)
		for name, text := range map[string]string{"table": table, "observations": observations} {
			if err := os.WriteFile(f[name], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again, err := planFiles(t, f["config"], f["table"], f["observations"], f["state"], "--no-save")
		if err != nil {
			t.Fatal(err)
		}
		out, err := planFiles(t, f["config"], f["table"], f["observations"], f["state"])
		if err != nil || out != again {
			t.Fatalf("period %d: error %v, printed\n%s\nand before\n%s", period, err, out, again)
		}
		var want string
		want, states = decided(t, config, states, f["table"], f["observations"])
		if out != want {
			t.Fatalf("period %d: planned\n%s\nthe daemon\n%s", period, out, want)
		}
		if err := tuner.SaveStates(f["memory"], states); err != nil {
			t.Fatal(err)
		}
		sameFiles(t, f["state"], f["memory"])
		for i, s := range checkedPlan(t, out) {
			if s.Weight != s.PreviousWeight {
				applied++
			}
			weights[i] = s.Weight
		}
	}
	if applied == 0 {
		t.Error("no weight was changed")
	}
}

// someTraffic is what ten seconds leave in a table and a meter: the third of
// the servers is four times slower.
func someTraffic(random *rand.Rand, period int, weights []uint32, counters []int) (table, observations string) {
	var servers, seen []string
	for i, w := range weights {
		rate := 60 * int(w) / int(weights[0]+weights[1]+weights[2])
		counters[i] += 10 * rate
		address := fmt.Sprintf("10.0.0.%d:80", i+2)
		servers = append(servers, fmt.Sprintf(`{"server": %q, "weight": %d, "active_connections": %d, "stats": {"connections": %d}}`,
			address, w, random.IntN(20), counters[i]))
		latency := []float64{0.1, 0.1, 0.4}[i] * (0.9 + 0.2*random.Float64())
		seen = append(seen, fmt.Sprintf(`{"service": "tcp/10.0.0.1:80", "server": %q, "latency_seconds": %v, "requests_per_second": %d}`,
			address, latency, rate))
	}
	at := time.Date(2026, 1, 2, 3, 4, 5+10*period, 0, time.UTC).Format(time.RFC3339)
	table = strings.Replace(tableOf("wrr", servers...), "2026-01-02T03:04:05Z", at, 1)
	return table, fmt.Sprintf(`{"time": %q, "observations": [%s]}`, at, strings.Join(seen, ", "))
}

// decided returns what a decision prints that goes on from states in memory.
func decided(t *testing.T, config tuner.Config, states tuner.States, tableFile, observationsFile string) (string, tuner.States) {
	t.Helper()
	table, err := readFile(tableFile, tuner.ReadTable)
	if err != nil {
		t.Fatal(err)
	}
	observations, err := readFile(observationsFile, tuner.ReadObservations)
	if err != nil {
		t.Fatal(err)
	}
	found := []tuner.Netns{{Director: fileDirector{table: table.Table}}}
	plan, next, err := tuner.Decide(config, states, found, observations, table.Time)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := tuner.WritePlan(&out, plan); err != nil {
		t.Fatal(err)
	}
	return out.String(), next
}

func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	one, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(b)
	if err != nil || !bytes.Equal(one, other) {
		t.Fatalf("error %v, %s has\n%s\n%s has\n%s", err, a, one, b, other)
	}
}
