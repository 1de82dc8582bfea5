package tuner

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/capacity"
)

func TestLoadStatesMistakes(t *testing.T) {
	rows := func(servers string) string {
		return `{"version": 6, "netns": {"": {"services": {"fwm/1": {"servers": [` + servers + `]}}}}}`
	}
	server := func(known serverState) string {
		known.ID = ipvs.ServerID{AddrPort: netip.MustParseAddrPort("10.0.0.2:0")}
		text, err := known.appendRow(nil)
		if err != nil {
			t.Fatal(err)
		}
		return rows(string(text))
	}
	service := func(known string) string {
		return `{"version": 6, "netns": {"": {"services": {"fwm/1": {` + known + `}}}}}`
	}
	resting := func(perSecond float64, row string) string {
		return service(fmt.Sprintf(`"rest": {"requests_per_second": %g, "servers": [%s]}, "servers": [["10.0.0.2:0"]]`, perSecond, row))
	}
	baseline := func(known string) string {
		return `{"version": 6, "netns": {"/run/netns/blue": {"baseline": {"fwm/1": ` + known + `}}}}`
	}
	tests := []struct{ name, text, want string }{
		{"empty", "", "is not a JSON object"},
		{"torn", `{"version": 6, "netns": {"": {"services": {"fwm/1"`, ":1: the JSON object has no end"},
		{"foreign", `{"services": {}}`, "version 0 is not 6"},
		{"older", `{"version": 5, "services": {}}`, "version 5 is not 6, that of this program"},
		{"newer", `{"version": 7, "novelty": {}}`, "version 7 is not 6, that of this program"},
		{"unknown field", `{"version": 6, "novelty": {}}`, `unknown field "novelty"`},
		{"bad service", `{"version": 6, "netns": {"": {"services": {"fwm": {}}}}}`, `virtual service "fwm"`},
		{"no row", rows(`{}`), "is not an array"},
		{"bad server", rows(`["x"]`), `real server "x"`},
		{"no server", rows(`[]`), `real server ""`},
		{"no name", rows(`[5]`), "5 is no text"},
		{"no time", rows(`["10.0.0.2:0", "noon"]`), "real server 10.0.0.2:0: "},
		{"no number", rows(`["10.0.0.2:0", 0, true]`), "real server 10.0.0.2:0: true cannot be a value here"},
		{"nested", rows(`["10.0.0.2:0", 0, [1]]`), "real server 10.0.0.2:0: "},
		{"too large", rows(`["10.0.0.2:0", 0, 4294967296]`), "4294967296 is too large"},
		{"endless", rows(`["10.0.0.2:0", 0, 0, 0, 0, 0, 0, 0, 0, 1e99]`), "1e99 cannot be a value here"},
		{"too long", rows(`["10.0.0.2:0"` + strings.Repeat(", 0", 54) + `]`), "more values than expected"},
		{"server twice", rows(`["10.0.0.2:0"], ["10.0.0.2:0"]`), "10.0.0.2:0 in fwm/1: these values cannot be"},
		{"worth more than all", service(`"worth": 2`), ": fwm/1: these values cannot be"},
		{"less than no noise", service(`"noise": 0.5`), "these values cannot be"},
		{"connections that came in no time", service(`"slots": [0]`), "these values cannot be"},
		{"connections of no slot", server(serverState{Came: []byte{1}}), "these values cannot be"},
		{"connections in no base64", rows(`["10.0.0.2:0"` + strings.Repeat(", 0", 36) + `, "?"]`), "real server 10.0.0.2:0: "},
		{"negative demand", service(`"demand": {"connections_per_second": -1}`), "these values cannot be"},
		{"open for ever", service(`"demand": {"idle_seconds": 1e300}`), "these values cannot be"},
		{"luck beyond all", server(serverState{Luck: -1e30}), "10.0.0.2:0 in fwm/1: these values cannot be"},
		{"a rest of no server", service(`"rest": {"requests_per_second": 1, "servers": [[1, 1]]}`), "these values cannot be"},
		{"a rest without requests", resting(0, "[1, 1]"), "these values cannot be"},
		{"a rest of more than all", resting(1, "[2, 1]"), "these values cannot be"},
		{"a rest without a capacity", resting(1, "[1]"), "these values cannot be"},
		{"a rest of no time", resting(1, "[1, 1, 0, 5, 5]"), "these values cannot be"},
		{"a rest of no number", resting(1, "[true]"), "real server that rests: true cannot be a value here"},
		{"a rest too long", resting(1, "[1, 1, 0, 0, 0, 0, 0, 0]"), "real server that rests: there are more values than expected"},
		{"a rest of no row", resting(1, "{}"), "is not an array"},
		{"a belief without a chance", server(serverState{Belief: capacity.Belief{Variance: 1}}), "these values cannot be"},
		{"a belief in too much", server(serverState{Belief: capacity.Belief{Variance: 1e30}}), "these values cannot be"},
		{"negative variance", server(serverState{Estimate: estimate{Variance: -1}}), "10.0.0.2:0 in fwm/1: these values cannot be"},
		{"share above one", server(serverState{Share: 2}), "these values cannot be"},
		{"samples without time", server(serverState{Window: window{Samples: 2}}), "these values cannot be"},
		{"counter runs back", server(serverState{Window: window{From: mark{Connections: 2}}}), "these values cannot be"},
		{"no chance", server(serverState{Belief: capacity.Belief{Variance: 1, Chances: [capacity.Shapes]float32{-1}}}), "these values cannot be"},
		{"negative weight", baseline(`{"servers": [{"server": "10.0.0.2:0", "weight": {"was": -1}}]}`), "cannot be number -1"},
		{"weight too large", baseline(`{"servers": [{"server": "10.0.0.2:0", "weight": {"written": 2147483648}}]}`),
			"10.0.0.2:0 in fwm/1 in blue: these values cannot be"},
		{"threshold too large", baseline(`{"servers": [{"server": "10.0.0.2:0", "thresholds": {"was": {"upper": 2147483648}}}]}`), "these values cannot be"},
		{"thresholds crossed", baseline(`{"servers": [{"server": "10.0.0.2:0", "thresholds": {"writing": {"upper": 1, "lower": 2}}}]}`), "these values cannot be"},
		{"twice", baseline(`{"servers": [{"server": "10.0.0.2:0"}, {"server": "10.0.0.2:0"}]}`), "these values cannot be"},
		{"no scheduler", baseline(`{"scheduling": {"was": {"scheduler": "w/r"}}}`), ": fwm/1 in blue: these values cannot be"},
		{"flags of no scheduler", baseline(`{"scheduling": {"was": {"scheduler": "rr", "flags": 1}}}`), "these values cannot be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := LoadStates(name)
			if err == nil {
				t.Fatalf("got %+v", s)
			}
			for _, want := range []string{name, test.want, "; remove the file to start without it"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestStateThroughAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state.json")
	if s, err := LoadStates(name); err != nil || len(s) != 0 {
		t.Fatalf("no file: got %+v, %v", s, err)
	}
	p := newPlant(1, 60, 40, 40, 10)
	_, state := Step(plantConfig(), State{}, p.table(), p.observe(), p.now)
	want := States{"": state, "/run/netns/blue": {Baseline: baselines{plantService: {
		Scheduling: kept[ipvs.Scheduling]{Was: ipvs.Scheduling{Scheduler: "mh", Flags: ipvs.FlagScheduler1}},
		Servers:    []serverBaseline{{Server: plantServer(0), Weight: kept[uint32]{100, 120, 130}}},
	}}}}
	for range 2 {
		if err := SaveStates(name, want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadStates(name)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if left, _ := os.ReadDir(filepath.Dir(name)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSaveStatesMakesItsFolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), "weight-tuner", "state.json")
	if err := SaveStates(name, States{}); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadStates(name); err != nil {
		t.Error(err)
	}
}

func TestSaveStatesNowhere(t *testing.T) {
	name := nowhere(t)
	if err := SaveStates(name, States{}); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v, want %s in it", err, name)
	}
}

// nowhere returns the name of a file whose folder cannot be.
func nowhere(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(file, "state.json")
}

// someState has a value in each place.
const someState = `{"version": 6, "netns": {"": {"baseline": {"tcp/10.0.0.1:80": {"servers": [{"server": "10.0.1.1:80", "weight": {"was": 7, "written": 1, "writing": 1}}]}},
		"services": {"tcp/10.0.0.1:80": {"demand": {"connections_per_second": 60, "requests_per_connection": 1, "idle_seconds": 0, "open": true}, "noise": 2, "worth": 0.01, "slots": [10, 10],
		"servers": [["10.0.1.1:80", 1767323035000000000, 5, 5, 0, 100, -10000000000, 99, 1, 10, 50, 500, 0.5, -3, 10000000,
			300000, 300000, 300000, 300000, 300000, 300000, 500000, 500000, 0, 0, 0, 0, 100000000, 0, -400, 7, 0, 0, "probe", 20, "AQI", 0.1, 0, 0, 1]]}}}}}`

// TestStateCutInHalf cuts a state after every byte: none of it is taken for one.
func TestStateCutInHalf(t *testing.T) {
	if states, err := parseStates([]byte(someState), "state"); err != nil || !states[""].Services[plantService].Servers[0].Joined {
		t.Fatalf("whole: %v, %+v", err, states)
	}
	for n := range len(someState) {
		if states, err := parseStates([]byte(someState[:n]), "state"); err == nil {
			t.Errorf("after %d bytes: got %+v", n, states)
		}
	}
}

// FuzzParseStates steps from whatever can be read.
func FuzzParseStates(f *testing.F) {
	f.Add([]byte(someState))
	f.Fuzz(func(t *testing.T, data []byte) {
		states, err := parseStates(data, "state")
		if err != nil {
			return
		}
		state := states[""]
		p := newPlant(1, 60, 40, 40, 10)
		table := p.table()
		for i := range table.Services[0].Servers {
			table.Services[0].Servers[i].Stats.Connections = 1000
			table.Services[0].Servers[i].ActiveConnections = 10
		}
		plan, _ := Step(plantConfig(), state, table, nil, after(0))
		checkPlan(t, plantConfig(), plan)
		for _, cfg := range []Config{plantConfig(), optimized()} {
			plan, next := Step(cfg, state, table, p.observe(), p.now)
			checkLines(t, cfg, table.Services[0].Servers, plan)
			throughAFile(t, next)
		}
	})
}
