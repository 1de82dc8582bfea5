package tuner

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestLoadStateMistakes(t *testing.T) {
	server := func(known string) string {
		return `{"version": 1, "services": {"fwm/1": {"10.0.0.2:0": ` + known + `}}}`
	}
	tests := []struct{ name, text, want string }{
		{"empty", "", "is not a JSON object"},
		{"torn", `{"version": 1, "services": {"fwm/1"`, ":1: the JSON object has no end"},
		{"foreign", `{"services": {}}`, "version 0 is not 1"},
		{"newer", `{"version": 2, "novelty": {}}`, "version 2 is not 1, that of this program"},
		{"unknown field", `{"version": 1, "novelty": {}}`, `unknown field "novelty"`},
		{"bad service", `{"version": 1, "services": {"fwm": {}}}`, `virtual service "fwm"`},
		{"bad server", `{"version": 1, "services": {"fwm/1": {"x": {}}}}`, `real server "x"`},
		{"negative variance", server(`{"estimate": {"variance": -1}}`), "10.0.0.2:0 in fwm/1: these values cannot be"},
		{"share above one", server(`{"share_ratio": 2}`), "these values cannot be"},
		{"samples without time", server(`{"window": {"samples": 2}}`), "these values cannot be"},
		{"counter runs back", server(`{"window": {"from": {"connections": 2}}}`), "these values cannot be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := LoadState(name)
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
	if s, err := LoadState(name); err != nil || len(s.Services) != 0 {
		t.Fatalf("no file: got %+v, %v", s, err)
	}
	p := newPlant(1, 60, 40, 40, 10)
	_, want := Step(plantConfig(), State{}, p.table(), p.observe(), p.now)
	for range 2 {
		if err := SaveState(name, want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadState(name)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if left, _ := os.ReadDir(filepath.Dir(name)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSaveStateMakesItsFolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), "weight-tuner", "state.json")
	if err := SaveState(name, State{}); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadState(name); err != nil {
		t.Error(err)
	}
}

func TestSaveStateNowhere(t *testing.T) {
	name := nowhere(t)
	if err := SaveState(name, State{}); err == nil || !strings.Contains(err.Error(), name) {
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

// FuzzParseState steps from whatever can be read.
func FuzzParseState(f *testing.F) {
	f.Add([]byte(`{"version": 1, "services": {"tcp/10.0.0.1:80": {"10.0.1.1:80": {"estimate": {"log_latency": -3, "variance": 0.01}, "share_ratio": 0.5,
		"window": {"time": "2026-01-02T03:03:55Z", "samples": 1, "seconds": 10, "active_seconds": 50, "square_seconds": 500,
			"from": {"time": "2026-01-02T03:03:45Z", "connections": 1}, "to": {"time": "2026-01-02T03:03:55Z", "connections": 100}}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		state, err := parseState(data, "state")
		if err != nil {
			return
		}
		p := newPlant(1, 60, 40, 40, 10)
		table := p.table()
		for i := range table.Services[0].Servers {
			table.Services[0].Servers[i].Stats.Connections = 1000
			table.Services[0].Servers[i].ActiveConnections = 10
		}
		plan, _ := Step(plantConfig(), state, table, nil, after(0))
		checkPlan(t, plantConfig(), plan)
		plan, _ = Step(plantConfig(), state, table, p.observe(), p.now)
		checkPlan(t, plantConfig(), plan)
	})
}
