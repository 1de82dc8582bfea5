package tuner

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
)

// TestAbsentSource has a source that was never there, and that fails once it was:
// the former is none of the errors where all its services have another one.
func TestAbsentSource(t *testing.T) {
	absent, failed := error(&AbsentError{errors.New("not permitted")}), errors.New("gone")
	tests := []struct {
		name    string
		sources []string
		err     error
		errors  string // logged, and whether it is counted
		infos   string
		reports int
	}{
		{"by default", DefaultService().Source.Latency, absent, "[] false", "[passive not permitted]", 1},
		{"wrapped", []string{"passive", "prom"}, fmt.Errorf("so: %w", absent), "[] false", "[passive so: not permitted]", 1},
		{"alone", []string{"passive"}, absent, "[read the source passive] true", "[]", 0},
		{"the last", []string{"prom", "passive"}, absent, "[read the source passive] true", "[]", 0},
		{"failed", DefaultService().Source.Latency, failed, "[read the source passive] true", "[]", 0},
		{"well", DefaultService().Source.Latency, nil, "[] false", "[]", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			meter := &fakeMeter{err: test.err}
			var last Report
			onBench(t, func(b *bench) {
				file := b.Config.StateFile
				b.Config = withList(test.sources...)
				b.Config.StateFile, b.Meters = file, Meters{"passive": meter}
				b.Tell = func(r Report) { last = r }
			}, func(t *testing.T, b *bench) {
				b.decisions(3)
				counted := testutil.ToFloat64(b.Metrics.sourceErrors.WithLabelValues("passive")) > 0
				if got := fmt.Sprint(b.errors(), counted); got != test.errors {
					t.Errorf("errors %s, want %s", got, test.errors)
				}
				infos := []string{}
				for _, entry := range b.logs.FilterLevelExact(zap.InfoLevel).FilterMessage("the next source serves in place of one that is not to be had").All() {
					infos = append(infos, fmt.Sprint(entry.ContextMap()["source"], " ", entry.ContextMap()["error"]))
				}
				if got := fmt.Sprint(infos); got != test.infos {
					t.Errorf("told %s, want %s", got, test.infos)
				}
				if len(last.Absent) != test.reports {
					t.Errorf("reported %+v", last.Absent)
				}
				meter.set(nil)
				b.decisions(1)
				if len(last.Absent) != 0 {
					t.Errorf("reported %+v of a source that is there", last.Absent)
				}
			})
		})
	}
}

// TestSparesNobody has one source in two services, of which one has no other.
func TestSparesNobody(t *testing.T) {
	cfg, absent := withList("passive", "connections"), &AbsentError{errors.New("not permitted")}
	alone := cfg.Services[0]
	alone.Source.Latency = []string{"passive"}
	cfg.Services = append(cfg.Services, alone)
	if cfg.Spares("passive", absent) {
		t.Error("spared where a service has no other source")
	}
	if cfg.Services[1].Policy = Static; !cfg.Spares("passive", absent) {
		t.Error("not spared where no latency matters")
	}
}

func TestWithoutSources(t *testing.T) {
	for _, test := range []struct {
		name       string
		from, want ServiceSource
	}{
		{"by default", DefaultService().Source, ServiceSource{[]string{"connections"}, "connections"}},
		{"with errors", ServiceSource{[]string{"tls", "passive", "connections"}, "probe"}, ServiceSource{[]string{"connections"}, "probe"}},
		{"alone", ServiceSource{[]string{"passive"}, "passive"}, ServiceSource{[]string{"passive"}, "passive"}},
		{"the last", ServiceSource{[]string{"tls", "passive"}, "tls"}, ServiceSource{[]string{"passive"}, "passive"}},
		{"others", ServiceSource{[]string{"probe", "connections"}, "probe"}, ServiceSource{[]string{"probe", "connections"}, "probe"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := Config{Services: []ServiceConfig{{Source: test.from}}}
			if got := before.Without("passive", "tls").Services[0].Source; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if got := before.Services[0].Source; !reflect.DeepEqual(got, test.from) {
				t.Errorf("left %v of %v", got, test.from)
			}
		})
	}
}

// TestAbsentAfterARestart has a tuner begin anew whose source was there before: the
// director's counters serve at once, and are not waited for.
func TestAbsentAfterARestart(t *testing.T) {
	var before States
	told := []Observation{estimated(0, 1, 99, "timestamps"), estimated(1, 1, 99, "timestamps"), estimated(2, 1, 99, "timestamps")}
	onBench(t, func(b *bench) {
		file := b.Config.StateFile
		b.Config = withList("passive", "connections")
		b.Config.StateFile = file
		table, err := b.director.Table()
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		_, state := Step(b.Config, State{}, table, nil, now.Add(-2*b.Config.Interval))
		_, state = Step(b.Config, state, table, told, now.Add(-b.Config.Interval))
		before = States{"": state}
		if err := SaveStates(file, before); err != nil {
			t.Fatal(err)
		}
		b.Meters = Meters{"passive": &fakeMeter{err: &AbsentError{errors.New("not permitted")}}}
	}, func(t *testing.T, b *bench) {
		if got := before[""].Services[plantService].Servers[0].Source; got != "passive/timestamps" {
			t.Errorf("%q served before", got)
		}
		b.decisions(2)
		s := b.LastPlan().Services[0]
		if s.Source != "connections" || s.Servers[0].LatencySeconds == 0 {
			t.Errorf("after two periods got %+v", s)
		}
	})
}
