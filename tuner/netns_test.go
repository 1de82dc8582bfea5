package tuner

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestConfigInNetns(t *testing.T) {
	tests := []struct {
		name, pattern, netns string
		want                 bool
	}{
		{"own is not another", "", "/run/netns/blue", false},
		{"another is not own", "/run/netns/blue", "", false},
		{"any is not own", "/run/netns/*", "", false},
		{"another folder", "/run/netns/*", "/run/docker/netns/blue", false},
		{"another name", "green", "/run/netns/blue", false},
		{"own", "", "", true},
		{"file", "/run/netns/blue", "/run/netns/blue", true},
		{"pattern of files", "/run/netns/b*", "/run/netns/blue", true},
		{"name", "blue", "/run/netns/blue", true},
		{"pattern of names", "b*", "/run/netns/blue", true},
		{"file of which the name is known", "/run/netns/b*", "blue", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Config{Services: []ServiceConfig{{Netns: test.pattern, Match: "*"}}}
			if got := len(c.In(test.netns).Services) == 1; got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestNetnsFiles(t *testing.T) {
	c := Config{Services: []ServiceConfig{{}, {Netns: "/var/ns/*"}, {Netns: "blue"}}}
	want := []string{"/var/ns/*", "/run/netns/blue", "/run/docker/netns/blue"}
	if got := c.NetnsFiles(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamedServices(t *testing.T) {
	shop, mark := plantService, ipvs.MarkService(ipvs.IPv4, 7)
	c := Config{Services: []ServiceConfig{{Name: "shop", Policy: Static}, {Name: "cart"}, {Match: "*", Policy: Equalize}}}
	if !c.GoesByNames() || c.In("").Named(nil).GoesByNames() {
		t.Error("named where it is not, or not where it is")
	}
	named := c.Named(map[ipvs.ServiceID]string{shop: "shop", mark: "else"})
	for id, want := range map[ipvs.ServiceID]Policy{shop: Static, mark: Equalize} {
		if got, ok := named.service(id); !ok || got.Policy != want {
			t.Errorf("%s: got %+v, %t", id, got, ok)
		}
	}
}

func TestReadOfNetns(t *testing.T) {
	broken := errors.New("broken")
	byName := Config{Services: []ServiceConfig{{Name: "shop"}}}
	names := func(err error) func(*ipvs.Table) (map[ipvs.ServiceID]string, error) {
		return func(*ipvs.Table) (map[ipvs.ServiceID]string, error) {
			return map[ipvs.ServiceID]string{plantService: "shop"}, err
		}
	}
	d := watched(newPlant(1, 60, 40).table().Services...)
	failing := watched()
	failing.Fail(broken)
	tests := []struct {
		name    string
		netns   Netns
		want    int // services of the configuration
		wantErr error
	}{
		{"names unreadable", Netns{Director: d, Names: names(broken)}, 1, broken},
		{"table unreadable", Netns{Director: failing, Names: names(nil)}, 1, broken},
		{"none of its services", Netns{File: "/run/netns/blue", Director: failing}, 0, nil},
		{"named", Netns{Director: d, Names: names(nil)}, 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, c, err := test.netns.Read(byName)
			if !errors.Is(err, test.wantErr) || len(c.Services) != test.want || (table == nil) != (test.want == 0 || test.netns.Director == failing) {
				t.Errorf("got %+v, %+v and %v", table, c, err)
			}
		})
	}
}

func TestFindStates(t *testing.T) {
	s := States{"": {}, "/run/netns/blue": {}}
	for name, want := range map[string]string{"": "", "blue": "/run/netns/blue", "green": "green"} {
		if got := s.Find(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

// saved returns the states that the loop has saved.
func (b *bench) saved(t *testing.T) States {
	t.Helper()
	states, err := LoadStates(b.Config.StateFile)
	if err != nil {
		t.Fatal(err)
	}
	return states
}

// listing is what a loop is told of network namespaces.
type listing struct {
	mutex sync.Mutex
	found []Netns
	err   error
}

func (l *listing) set(found []Netns, err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.found, l.err = found, err
}

func (l *listing) get() ([]Netns, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.found, l.err
}

// Two namespaces with the same virtual service: in one the third server is
// slow, in the other the first.
func TestLoopTunesSeveralNamespaces(t *testing.T) {
	const file = "/run/netns/blue"
	var blue *busyDirector
	var listed listing
	onBench(t, func(b *bench) {
		blue = newBusyDirector("wrr", 0.8, 0.2, 0.2)
		listed.set([]Netns{{Director: b.director}, {File: file, Director: blue}, {File: "/run/netns/green", Director: watched()}}, nil)
		b.Netns = listed.get
		there := DefaultService()
		there.Netns, there.Match = "/run/netns/b*", "tcp/*"
		b.Config.Services = append(b.Config.Services, there)
	}, func(t *testing.T, b *bench) {
		b.decisions(20)
		if own := b.director.weights(); own[2] >= own[0] {
			t.Errorf("own weights are %v", own)
		}
		if there := blue.weights(); there[0] >= there[2] {
			t.Errorf("weights there are %v", there)
		}
		var text strings.Builder
		if err := WriteText(&text, b.LastPlan()); err != nil || !strings.Contains(text.String(), "tcp/10.0.0.1:80 in blue (optimize by connections)") {
			t.Errorf("plan %s, %v", text.String(), err)
		}
		states := b.saved(t)
		if len(states["/run/netns/green"].Services) != 0 || len(states[file].Baseline) != 1 || len(states[""].Baseline) != 1 {
			t.Errorf("states %v", slices.Collect(maps.Keys(states)))
		}
		if got := testutil.CollectAndCount(b.Metrics, metricPrefix+"server_weight"); got != 6 {
			t.Errorf("%d servers have metrics", got)
		}

		blue.Fail(ipvs.ErrNotSupported)
		success := testutil.ToFloat64(b.Metrics.lastSuccess)
		b.decisions(1)
		if got := b.LastPlan().Services; len(got) != 1 || got[0].Netns != "" {
			t.Errorf("with one unreadable: got %+v", got)
		}
		if len(b.saved(t)[file].Baseline) != 1 || testutil.ToFloat64(b.Metrics.lastSuccess) != success {
			t.Error("the state is lost, or half is counted for all")
		}
		if got := testutil.CollectAndCount(b.Metrics, metricPrefix+"server_weight"); got != 3 {
			t.Errorf("%d servers have metrics", got)
		}
		blue.Fail(nil)
		listed.set(only(b.director), errors.New("not permitted"))
		b.decisions(1)
		if len(b.saved(t)[file].Baseline) != 1 {
			t.Error("the state is lost where the namespaces could not be listed")
		}
		listed.set(only(b.director), nil)
		b.decisions(1)
		if _, kept := b.saved(t)[file]; kept {
			t.Error("the state of a namespace that is gone is kept")
		}
		if got := b.errors(); !slices.Equal(got, []string{"read the table", "list the network namespaces"}) {
			t.Errorf("logged %v", got)
		}
	})
}

// Meters see which namespace a server is in, and what they say stays there.
func TestObservationsOfSeveralNamespaces(t *testing.T) {
	c := withSource("prom", "prom")
	there := c.Services[0]
	there.Netns = "blue"
	c.Services = append(c.Services, there)
	found := append(only(watched(threeServers(0).Services...)), Netns{File: "blue", Director: watched(threeServers(0).Services...)})
	meter := &fakeMeter{}
	if err := (Meters{"prom": meter}).Watch(t.Context(), c, found); err != nil {
		t.Fatal(err)
	}
	if len(meter.watched) != 6 || meter.watched[0].Netns != "" || meter.watched[3].Netns != "blue" {
		t.Errorf("watched %v", meter.watched)
	}
	observations := []Observation{{Source: "prom", Netns: "blue", Service: plantService, Server: plantServer(0), LatencySeconds: new(1.0)}}
	plan, _, err := Decide(c, nil, found, observations, after(0))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		if got := plan.Services[i].Servers[0].LatencySeconds != 0; got != want {
			t.Errorf("%s: observed is %t", plan.Services[i].where(), got)
		}
	}
}

// editing calls something before each edit.
type editing struct {
	*busyDirector
	before func()
}

func (d editing) EditServers(id ipvs.ServiceID, edits []ipvs.ServerEdit) []ipvs.Edited {
	var results []ipvs.Edited
	for _, e := range edits {
		d.before()
		results = append(results, d.busyDirector.EditServers(id, []ipvs.ServerEdit{e})...)
	}
	return results
}

// A crash after any write leaves a state that all can be put back from.
func TestStateIsSavedBeforeEachWrite(t *testing.T) {
	file, checked := filepath.Join(t.TempDir(), "state.json"), 0
	onBench(t, func(b *bench) {
		b.Config.StateFile = file
		b.Netns = OwnNetns(editing{b.director, func() {
			states, err := LoadStates(file)
			if err != nil {
				t.Error(err)
				return
			}
			for i, s := range b.director.weights() {
				var k kept[uint32]
				for _, known := range states[""].Baseline[plantService].Servers {
					if known.Server == plantServer(i) {
						k = known.Weight
					}
				}
				if k.touched() && (k.Was != 1 || !k.ours(s)) || !k.touched() && s != 1 {
					t.Errorf("server %d has weight %d, the state has %+v", i, s, k)
				}
			}
			checked++
		}})
	}, func(t *testing.T, b *bench) {
		b.decisions(20)
		if checked < 3 {
			t.Errorf("only %d edits", checked)
		}
		before := b.director.weights()
		restored(t, b.director, b.saved(t)[""], false)
		if got := b.director.weights(); !slices.Equal(got, []uint32{1, 1, 1}) || slices.Equal(before, got) {
			t.Errorf("%v became %v", before, got)
		}
	})
}

func TestSchedulerIsChangedFirst(t *testing.T) {
	onBench(t, func(b *bench) {
		b.director = newBusyDirector("rr", 0.2, 0.8)
		b.Netns = OwnNetns(b.director)
		b.Config.Services[0].Scheduler = "wrr"
	}, func(t *testing.T, b *bench) {
		first := b.LastPlan().Services[0]
		if first.Action != Apply || first.Code != CodeScheduler || first.Scheduler != "wrr" || first.PreviousScheduler != "rr" ||
			first.Reason != "scheduler rr becomes wrr" || first.Servers[0].changes() {
			t.Errorf("first plan: got %+v", first)
		}
		b.decisions(20)
		if w := b.director.weights(); w[1] >= w[0] || b.LastPlan().Services[0].Scheduler != "" {
			t.Errorf("weights are %v, plan %+v", w, b.LastPlan())
		}
		restored(t, b.director, b.saved(t)[""], false)
		table, err := b.director.Table()
		if err != nil || table.Services[0].Scheduler != "rr" || !slices.Equal(b.director.weights(), []uint32{1, 1}) {
			t.Errorf("restored to %+v, %v", table, err)
		}
	})
}

// A loop that starts on another's state knows what stood before that one.
func TestBaselineOutlivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	synctest.Test(t, func(t *testing.T) {
		d := newBusyDirector("wrr", 0.2, 0.2, 0.8)
		for range 3 {
			c := plantConfig()
			c.StateFile = file
			l := &Loop{Config: c, Netns: OwnNetns(d), Metrics: NewMetrics(), Logger: zap.NewNop()}
			ctx, stop := context.WithTimeout(t.Context(), 65*time.Second)
			if err := l.Run(ctx); err != nil {
				t.Error(err)
			}
			stop()
		}
		states, err := LoadStates(file)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(d.weights(), []uint32{1, 1, 1}) {
			t.Error("nothing was tuned")
		}
		restored(t, d, states[""], false)
		if got := d.weights(); !slices.Equal(got, []uint32{1, 1, 1}) {
			t.Errorf("restored to %v", got)
		}
	})
}
