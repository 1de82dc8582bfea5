package tuner

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestReadObservationsMistakes(t *testing.T) {
	of := func(rest string) string {
		return `{"observations": [{"service": "fwm/1", "server": "10.0.0.2:0"` + rest + `}]}`
	}
	const place = "f: observations[0]: 10.0.0.2:0 in fwm/1: "
	tests := []struct{ name, text, want string }{
		{"empty", "", "f: is not a JSON object"},
		{"something follows", "{} x", "f:1: something follows the JSON object"},
		{"unknown field", of(`, "latency": 1`), `f:1: unknown field "latency"`},
		{"null", `{"observations": [null]}`, "f: observations[0]: has no service"},
		{"no server", `{"observations": [{"service": "fwm/1"}]}`, "f: observations[0]: has no server"},
		{"bad service", `{"observations": [{"service": "fwm/0"}]}`, `virtual service "fwm/0"`},
		{"no measurement", of(""), place + "has no measurement"},
		{"only a window", of(`, "window_seconds": 5`), place + "has no measurement"},
		{"negative latency", of(`, "latency_seconds": -1`), place + "latency_seconds: -1 is not from 0 to 86400"},
		{"a day's latency", of(`, "success_latency_seconds": 1e5`), place + "success_latency_seconds: 100000 is not from 0 to 86400"},
		{"absurd rate", of(`, "requests_per_second": 1e10`), place + "requests_per_second: 1e+10 is not from 0 to 1e+09"},
		{"infinite rate", of(`, "requests_per_second": 1e999`), "requests_per_second: cannot be number 1e999"},
		{"NaN", of(`, "latency_seconds": NaN`), "invalid character 'N'"},
		{"more errors than answers", of(`, "error_ratio": 1.1`), place + "error_ratio: 1.1 is not from 0 to 1"},
		{"window of 0", of(`, "latency_seconds": 1, "window_seconds": 0`), place + "window_seconds: is 0"},
		{"twice", `{"observations": [{"service": "fwm/1", "server": "10.0.0.2:0", "error_ratio": 0},
			{"service": "fwm/1", "server": "10.0.0.2:0", "error_ratio": 0}]}`, "f: observations[1]: 10.0.0.2:0 in fwm/1 is there twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ReadObservations(strings.NewReader(test.text), "f")
			if err == nil {
				t.Fatalf("got %+v", got)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
		})
	}
}

const observationsText = `{
  "time": "2026-01-02T03:04:05Z",
  "observations": [
    {
      "service": "tcp/10.0.0.1:80",
      "server": "10.0.1.1:80",
      "time": "2026-01-02T03:04:01Z",
      "window_seconds": 10,
      "latency_seconds": 0.012,
      "success_latency_seconds": 0.011,
      "requests_per_second": 480,
      "error_ratio": 0
    },
    {
      "service": "tcp/10.0.0.1:80",
      "server": "10.0.1.2:80",
      "requests_per_second": 0
    }
  ]
}
`

func TestReadObservations(t *testing.T) {
	got, err := ReadObservations(strings.NewReader(observationsText), "f")
	if err != nil {
		t.Fatal(err)
	}
	want := []Observation{
		{Service: plantService, Server: plantServer(0), Time: after(-4), WindowSeconds: new(10.0), LatencySeconds: new(0.012),
			SuccessLatencySeconds: new(0.011), RequestsPerSecond: new(480.0), ErrorRatio: new(0.0)},
		{Service: plantService, Server: plantServer(1), Time: after(0), RequestsPerSecond: new(0.0)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// FuzzReadObservations steps with whatever can be read, on a service that it
// may be of.
func FuzzReadObservations(f *testing.F) {
	f.Add([]byte(observationsText))
	f.Fuzz(func(t *testing.T, data []byte) {
		observations, err := ReadObservations(bytes.NewReader(data), "f")
		if err != nil {
			return
		}
		table := newPlant(1, 60, 40, 40, 40).table()
		table.Services = append(table.Services, ipvs.VirtualService{ID: ipvs.MarkService(ipvs.IPv4, 1), Scheduler: "rr"})
		cfg := plantConfig()
		cfg.Services[0].Match = "*"
		plan, state := Step(cfg, State{}, table, observations, after(0))
		checkPlan(t, cfg, plan)
		var out bytes.Buffer
		if err := writeJSON(&out, stateFile{stateVersion, States{"": state}}); err != nil {
			t.Fatal(err)
		}
		if _, err := parseStates(out.Bytes(), "state"); err != nil {
			t.Error(err)
		}
	})
}
