package tuner

import (
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// threeServers is a table of the plant's service with three real servers that
// need 0.1 s each by the director's counters, as a step after one at 0 s shows.
func threeServers(step int) *ipvs.Table {
	v := ipvs.VirtualService{ID: plantService, Scheduler: "wrr"}
	for i := range 3 {
		v.Servers = append(v.Servers, ipvs.RealServer{ID: plantServer(i), Weight: 1, ActiveConnections: 100,
			Stats: ipvs.Stats{Connections: uint64(10000 * step)}})
	}
	return &ipvs.Table{Services: []ipvs.VirtualService{v}}
}

// seen is an observation of a server by a source. A latency or ratio below 0 is
// not known.
func seen(source string, server int, latency, requests, errors float64) Observation {
	o := Observation{Source: source, Service: plantService, Server: plantServer(server), RequestsPerSecond: &requests}
	if latency >= 0 {
		o.LatencySeconds = &latency
	}
	if errors >= 0 {
		o.ErrorRatio = &errors
	}
	return o
}

func withSource(latency, errors string) Config {
	cfg := plantConfig()
	cfg.Sources = map[string]Source{"kernel": {Type: Connections}, "probe": {Type: HTTP}, "prom": {Type: Prometheus}}
	cfg.Services[0].Source = ServiceSource{[]string{latency}, errors}
	return cfg
}

func TestSourcesAreNotMixed(t *testing.T) {
	const unknown = "is not observed, keeps its share"
	tests := []struct {
		name            string
		latency, errors string // sources
		observations    []Observation
		want            [3]string // reasons
	}{
		{"nothing by the source", "prom", "prom", []Observation{seen("probe", 0, 1, 9, 1)}, [3]string{unknown, unknown, unknown}},
		{"one by the source", "prom", "prom", []Observation{seen("prom", 0, 1, 9, 0), seen("probe", 1, 1, 9, 0)},
			[3]string{"is observed according to prom", unknown, unknown}},
		{"errors of another source do not count", "prom", "prom",
			[]Observation{seen("prom", 0, 1, 99, 0), seen("prom", 1, 1, 99, 0), seen("probe", 0, 1, 99, 1)},
			[3]string{"is about as fast as the mean according to prom", "is about as fast as the mean according to prom", unknown}},
		{"own errors count for nothing where others are wanted", "prom", "probe",
			[]Observation{seen("prom", 0, 1, 99, 0.11), seen("prom", 1, 1, 99, 0.1), seen("probe", 0, 9, 9, 0), seen("probe", 1, 9, 9, 0)},
			[3]string{unknown, "is observed according to prom", unknown}},
		{"latency of the director, errors of probes", "kernel", "probe",
			[]Observation{seen("probe", 0, 9, 1, 1), seen("probe", 1, 9, 1, 0), seen("probe", 2, 9, 0.1, 1)},
			[3]string{"fails its requests according to probe", "is about as fast as the mean", "is about as fast as the mean"}},
		{"errors of a server without latency", "prom", "probe",
			[]Observation{seen("prom", 0, 1, 99, -1), seen("prom", 1, 1, 99, -1), seen("probe", 2, 9, 1, 1)},
			[3]string{"is about as fast as the mean according to prom", "is about as fast as the mean according to prom", "fails its requests according to probe"}},
		{"a file goes before the sources", "prom", "prom",
			[]Observation{seen("prom", 0, 9, 99, 0), seen("", 0, 1, 99, 0), seen("", 1, 1, 99, 0), seen("", 2, 0.4, 99, 1)},
			[3]string{"is about as fast as the mean according to observations", "is about as fast as the mean according to observations", "fails its requests according to observations"}},
		{"a file of errors leaves the latency", "kernel", "kernel",
			[]Observation{{Service: plantService, Server: plantServer(0), ErrorRatio: new(1.0)}},
			[3]string{"fails its requests according to observations", "is about as fast as the mean", "is about as fast as the mean"}},
		{"too many errors for a latency, too few to tell", "prom", "prom",
			[]Observation{seen("prom", 0, 1, 99, 0), seen("prom", 1, 1, 99, 0), seen("prom", 2, 0.001, 0.1, 1)},
			[3]string{"is about as fast as the mean according to prom", "is about as fast as the mean according to prom", unknown}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := withSource(test.latency, test.errors)
			_, state := Step(cfg, State{}, threeServers(0), nil, after(0))
			plan, _ := Step(cfg, state, threeServers(1), test.observations, after(10))
			for i, s := range plan.Services[0].Servers {
				if s.Reason.String() != test.want[i] {
					t.Errorf("%s: got %q, want %q", s.Server, s.Reason, test.want[i])
				}
			}
		})
	}
}

// TestAnotherSourceStartsAnew has the source of a service change between two
// steps, which must not smooth one source's latency by the other's.
func TestAnotherSourceStartsAnew(t *testing.T) {
	var state State
	var plan Plan
	for i := range 20 {
		plan, state = Step(withSource("kernel", "kernel"), state, threeServers(i), nil, after(10*float64(i)))
	}
	if got := plan.Services[0].Servers[0].LatencySeconds; got < 0.09 || got > 0.11 {
		t.Fatalf("latency %v", got)
	}
	plan, state = Step(withSource("prom", "prom"), state, threeServers(20),
		[]Observation{seen("prom", 0, 0.12, 50, 0), seen("prom", 1, 0.13, 50, 0)}, after(200))
	if got := plan.Services[0].Servers[0].LatencySeconds; got < 0.1199999 || got > 0.1200001 {
		t.Errorf("latency by prom %v", got)
	}
	if got := plan.Services[0].Servers[2].LatencySeconds; got != 0 {
		t.Errorf("latency of a server that prom does not know: %v", got)
	}
	// A period in which the source fails is no other source.
	_, state = Step(withSource("prom", "prom"), state, threeServers(21), nil, after(210))
	if got := state.Services[plantService].Servers[0].Estimate.Variance; got == 0 {
		t.Error("the latency is forgotten")
	}
}

func TestErrorsAreTakenOnce(t *testing.T) {
	cfg := withSource("kernel", "probe")
	failing := seen("probe", 0, 9, 9, 1)
	failing.Time = after(10)
	_, state := Step(cfg, State{}, threeServers(0), nil, after(0))
	plan, state := Step(cfg, state, threeServers(1), []Observation{failing}, after(10))
	if got := plan.Services[0].Servers[0].Reason.String(); got != "fails its requests according to probe" {
		t.Errorf("got %q", got)
	}
	plan, _ = Step(cfg, state, threeServers(2), []Observation{failing}, after(20))
	if got := plan.Services[0].Reason; !strings.Contains(got, "10.0.1.1:80 was used before") {
		t.Errorf("used twice: got %q", got)
	}
}
