package tuner

import (
	"strings"
	"testing"
	"time"
)

func withList(latency ...string) Config {
	cfg := withSource("", "kernel")
	cfg.Sources["passive"], cfg.Sources["connections"] = Source{Type: Passive}, Source{Type: Connections}
	cfg.Services[0].Source.Latency = latency
	return cfg
}

// estimated is an observation of a server by passive, with how it was found.
func estimated(server int, latency, requests float64, estimator string) Observation {
	o := seen("passive", server, latency, requests, -1)
	o.Estimator = estimator
	return o
}

// TestFirstThatTells has sources in order, of which the first that tells anything
// serves.
func TestFirstThatTells(t *testing.T) {
	passive := []Observation{estimated(0, 1, 99, "timestamps"), estimated(1, 1, 99, "timestamps"), estimated(2, 1, 99, "timestamps")}
	prom := []Observation{seen("prom", 0, 1, 99, 0), seen("prom", 1, 1, 99, 0), seen("prom", 2, 1, 99, 0)}
	const asFast = "is about as fast as the mean"
	tests := []struct {
		name         string
		sources      []string
		observations []Observation
		want, not    string // in the service's reason
		server       string // reason
	}{
		{"the first", []string{"passive", "kernel"}, passive, "", "nothing is heard", asFast + " according to passive/timestamps"},
		{"the first of both", []string{"passive", "prom"}, append(prom, passive...), "", "nothing is heard", asFast + " according to passive/timestamps"},
		{"the second, the first of packets", []string{"passive", "prom"}, prom, "", "nothing is heard", asFast + " according to prom"},
		{"the second", []string{"prom", "passive"}, passive, "; nothing is heard from prom", "passive", asFast + " according to passive/timestamps"},
		{"the director", []string{"passive", "prom", "kernel"}, nil, "; nothing is heard from prom", "passive", asFast},
		{"by default", DefaultService().Source.Latency, nil, "", "nothing is heard", asFast},
		{"none", []string{"passive", "prom"}, nil, "", "nothing is heard from", "is not observed, keeps its share"},
		{"a file", []string{"passive", "kernel"}, []Observation{seen("", 0, 1, 99, 0), seen("", 1, 1, 99, 0)}, "", "nothing is heard", asFast + " according to observations"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := withList(test.sources...)
			_, state := Step(cfg, State{}, threeServers(0), nil, after(0))
			plan, _ := Step(cfg, state, threeServers(1), test.observations, after(10))
			p := plan.Services[0]
			if !strings.Contains(p.Reason, test.want) || strings.Contains(p.Reason, test.not) {
				t.Errorf("reason %q", p.Reason)
			}
			if got := p.Servers[0].Reason.String(); got != test.server {
				t.Errorf("got %q, want %q", got, test.server)
			}
			source := test.sources[len(test.sources)-1]
			if _, said, ok := strings.Cut(test.server, "according to "); ok {
				source = said
			}
			if test.name != "none" && p.Source != source {
				t.Errorf("by %q, want %q", p.Source, source)
			}
		})
	}
}

// TestSilenceForAMoment has a source fail once, which makes no latency start
// anew, and then for longer than observations may be old.
func TestSilenceForAMoment(t *testing.T) {
	cfg := withList("passive", "kernel")
	_, state := Step(cfg, State{}, threeServers(0), nil, after(0))
	told := []Observation{estimated(0, 1, 99, "timestamps"), estimated(1, 1, 99, "timestamps"), estimated(2, 1, 99, "timestamps")}
	_, state = Step(cfg, state, threeServers(1), told, after(10))
	for i := 2; i <= 8; i++ {
		_, state = Step(cfg, state, threeServers(i), nil, after(float64(10*i)))
		known := state.Services[plantService].Servers[0]
		if want := map[bool]string{true: "passive/timestamps", false: ""}[i <= 7]; known.Source != want || (want != "" && known.Estimate.Variance == 0) {
			t.Errorf("at %d s: %q serves, want %q; estimate %+v", 10*i, known.Source, want, known.Estimate)
		}
	}
	plan, _ := Step(cfg, state, threeServers(9), told, after(90))
	if got, want := plan.Services[0].Servers[0].Reason.String(), "is about as fast as the mean according to passive/timestamps"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEstimatorsAreNotMixed has servers that were measured in different ways.
func TestEstimatorsAreNotMixed(t *testing.T) {
	idle := estimated(1, -1, 0, "timestamps")
	const (
		unknown = "is not observed, keeps its share"
		by      = " according to passive/timestamps"
	)
	tests := []struct {
		name         string
		observations []Observation
		want         [3]string
		reason       string
	}{
		{"one of three by another", []Observation{estimated(0, 1, 99, "timestamps"), estimated(1, 1, 99, "timestamps"), estimated(2, 0.1, 99, "first_byte")},
			[3]string{"is about as fast as the mean" + by, "is about as fast as the mean" + by, unknown},
			"ignored observations: 10.0.1.3:80 is measured by first_byte, others by timestamps"},
		{"idle ones count", []Observation{estimated(0, 1, 99, "timestamps"), idle, estimated(2, 0.1, 99, "first_byte")},
			[3]string{"is observed" + by, "is idle" + by + ", though 1000/s come, keeps its share", unknown}, "10.0.1.3:80 is measured by first_byte"},
		{"never measured", []Observation{estimated(0, 1, 99, "timestamps"), estimated(1, 1, 99, "timestamps"), estimated(2, -1, 0, "")},
			[3]string{"is about as fast as the mean" + by, "is about as fast as the mean" + by, "is idle" + by + ", though 1000/s come, keeps its share"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := withList("passive")
			_, state := Step(cfg, State{}, threeServers(0), nil, after(0))
			plan, _ := Step(cfg, state, threeServers(1), test.observations, after(10))
			for i, s := range plan.Services[0].Servers {
				if s.Reason.String() != test.want[i] {
					t.Errorf("server %d: got %q, want %q", i, s.Reason, test.want[i])
				}
			}
			if got := plan.Services[0].Reason; !strings.Contains(got, test.reason) {
				t.Errorf("reason %q", got)
			}
		})
	}
}

// TestStandardError has means that are less sure than so many answers promise, and
// others that would be surer.
func TestStandardError(t *testing.T) {
	for _, test := range []struct {
		name  string
		error *float64
		want  float64 // variance of the logarithm
	}{
		{"not known", nil, 1e-3}, {"as if exponential", new(0.1 / 31.6227766), 1e-3}, {"surer", new(0.0001), 1e-3}, {"none", new(0.0), 1e-3},
		{"unsure", new(0.01), 1e-2}, {"nothing", new(100.0), 1e3},
	} {
		o := seen("", 0, 0.1, 100, -1)
		o.LatencyStandardErrorSeconds = test.error
		m, problem := o.take(0, new(stamp), moment{now: stampOf(after(0)), interval: 10e9})
		if problem != "" || m.variance < 0.999*test.want || m.variance > 1.001*test.want {
			t.Errorf("%s: got %v, want %v %s", test.name, m.variance, test.want, problem)
		}
	}
	o := seen("", 0, 0.1, 100, -1)
	o.LatencyStandardErrorSeconds = new(-1.0)
	if err := o.check(); err == nil || !strings.Contains(err.Error(), "latency_standard_error_seconds: -1 is not from 0 to 86400") {
		t.Errorf("error %v", err)
	}
}

// TestNotAllIsTimed has a fifth of the answers timed, of connections that each
// have one: the director's rate is that of the requests, and as sure as those that
// were timed is their mean.
func TestNotAllIsTimed(t *testing.T) {
	tests := []struct {
		name             string
		o                Observation
		counted          float64
		requests, answer float64
	}{
		{"more connections than answers", estimated(0, 0.1, 20, "timestamps"), 100, 100, 200},
		{"kept alive", estimated(0, 0.1, 500, "timestamps"), 100, 500, 5000},
		{"all is timed", estimated(0, 0.1, 20, ""), 100, 20, 200},
		{"no latency", Observation{Estimator: "timestamps", RequestsPerSecond: new(0.0)}, 100, 0, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, _ := test.o.measurement(test.counted, 10*time.Second)
			if n := test.o.counted(test.counted, 10*time.Second); m.requestsPerSecond != test.requests || n.timed != test.answer {
				t.Errorf("%v requests a second and %v answers, want %v and %v", m.requestsPerSecond, n.timed, test.requests, test.answer)
			}
		})
	}
}
