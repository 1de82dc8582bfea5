package scenario

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

func load(t *testing.T, name string) Scenario {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Whatever a configuration can say, some file can.
func TestFilesCanSayEverything(t *testing.T) {
	said := map[string]bool{"Config.Seed": true} // which belongs to the run
	for _, name := range []string{"testdata/everything.yaml", "testdata/arrivals.yaml"} {
		markSaid(reflect.ValueOf(load(t, name).Config), said)
	}
	for _, own := range []string{"ServiceConfig.Match", "ServiceConfig.Name", "ServiceConfig.Netns", "ServiceConfig.Policy", "ServiceConfig.Source",
		"ServiceConfig.Scheduler", "When.Address", "When.File"} { // the run's own affair too
		said[own] = true
	}
	for field, isSaid := range said {
		if !isSaid {
			t.Errorf("%s is zero", field)
		}
	}
}

// markSaid notes of every field of the structs of this module below v whether
// it is not zero in any of them.
func markSaid(v reflect.Value, said map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		markSaid(v.Elem(), said)
	case reflect.Slice:
		for i := range v.Len() {
			markSaid(v.Index(i), said)
		}
	case reflect.Struct:
		if !strings.Contains(v.Type().PkgPath(), "ipvs-autopilot/tuner") {
			return
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue // no file says it
			}
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			said[name] = said[name] || !v.Field(i).IsZero()
			markSaid(v.Field(i), said)
		}
	}
}

func TestEverything(t *testing.T) {
	s := load(t, "testdata/everything.yaml")
	if want := []string{"The first paragraph of a story goes on.", "The second one."}; s.Name != "everything" || !slices.Equal(s.Story, want) {
		t.Errorf("name %q, story %q", s.Name, s.Story)
	}
	c := s.Config
	old, other, added := serverAt("10.0.0.2:0").ID, serverAt("10.0.0.3:0").ID, serverAt("10.0.0.9:0").ID
	wantService := sim.Service{
		ID: serviceID("fwm/258"), Scheduler: "mh",
		Flags:       ipvs.FlagScheduler2 | ipvs.FlagPersistent,
		Persistence: 5 * time.Minute, Netmask: ipvs.Netmask4([4]byte{255, 255, 255, 0}),
		Forward: ipvs.Route, OverheadFactor: 256,
		Timeouts:                ipvs.Timeouts{TCP: time.Minute, TCPFin: 10 * time.Second, UDP: 30 * time.Second},
		ExpireQuiescentTemplate: true,
	}
	wantServers := []sim.Server{
		{ID: old, Weight: 3, UpperThreshold: 100, LowerThreshold: 50, Discipline: sim.ProcessorSharing, Workers: 4, Speed: 0.7,
			ServiceTime: sim.ServiceTime{Distribution: sim.Lognormal, Mean: 20 * time.Millisecond, CV: 1.5}, Limit: 64, Backlog: 32},
		{},
		{ID: added, Weight: 1, Absent: true, Discipline: sim.FIFO, Workers: 1, Speed: 1,
			ServiceTime: sim.ServiceTime{Distribution: sim.Sampled, Samples: []time.Duration{10 * time.Millisecond, 25 * time.Millisecond}}},
	}
	wantServers[1] = wantServers[0]
	wantServers[1].ID = other
	wantEvents := []sim.Event{
		{At: time.Minute, Server: old, Action: sim.ChangeSpeed, Speed: 0.5, Over: 10 * time.Second, Mark: "the neighbour wakes"},
		{At: 2 * time.Minute, Server: other, Action: sim.Fail, Errors: 0.5},
		{At: 3 * time.Minute, Server: added, Action: sim.Join},
		{At: 3 * time.Minute, Server: added, Action: sim.SetWeight, Weight: 7},
		{At: 4 * time.Minute, Server: other, Action: sim.ChangeSpeed, Speed: 0.5, Over: 10 * time.Second},
		{At: 8 * time.Minute, Server: added, Action: sim.Leave},
	}
	wantTraffic := sim.Traffic{
		Curve:  []sim.Point{{At: 10 * time.Second, PerSecond: 100}, {At: time.Minute, PerSecond: 150.5}},
		Repeat: 2 * time.Minute,
		Surges: []sim.Surge{{At: 4 * time.Minute, Rise: 5 * time.Second, Last: 30 * time.Second, Fall: 10 * time.Second, Factor: 3}},
		Bursts: sim.Bursts{Factor: 4, Burst: 500 * time.Millisecond, Calm: 10 * time.Second},
	}
	wantClients := sim.Clients{
		Addresses:    sim.Addresses{Prefix: netip.MustParsePrefix("198.18.0.0/16"), Count: 500, Skew: 1.1},
		Destinations: sim.Addresses{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Count: 3},
		Timeout:      5 * time.Second, Requests: 4, Think: 2 * time.Second, Hold: 15 * time.Second,
	}
	wantMeter := &sim.Meter{
		Every: 5 * time.Second, Window: 10 * time.Second, Lag: 15 * time.Second,
		Sampled: 0.1, Missing: 0.02, Outliers: 0.01, OutlierFactor: 50, AtServers: true, Successes: true, ErrorsOnly: true, Passive: true,
	}
	wantTuner := defaultTuner()
	wantTuner.Interval, wantTuner.Watch, wantTuner.Settings.Thresholds = 20*time.Second, time.Second, limits.Settings{Policy: limits.Concurrency, Min: 5, Max: 100_000}
	wantTuner.Settings.Settle = time.Minute
	wantTuner.Settings.Guards = tuner.Guards{ObserveFirst: 3, MinAvailableRatio: 0.6, MaxLoweredRatio: 0.2, PanicRatio: 0.4, MinWeightSum: 10,
		MaxStaleness: time.Minute, BaselineAfter: time.Hour}
	weights := &wantTuner.Settings.Weights
	weights.Min, weights.Max, weights.MaxChangeRatio, weights.Eject = 2, 500, 0.2, true
	for _, part := range []struct{ got, want any }{
		{c.Service, wantService}, {c.Servers, wantServers}, {c.Events, wantEvents}, {c.Traffic, wantTraffic},
		{c.Clients, wantClients}, {c.Meter, wantMeter}, {c.Tuner, wantTuner},
		{[]time.Duration{c.Duration, c.MeasureFrom}, []time.Duration{10 * time.Minute, 2 * time.Minute}},
	} {
		if !reflect.DeepEqual(part.got, part.want) {
			t.Errorf("got\n%+v\nwant\n%+v", part.got, part.want)
		}
	}
}

func TestArrivals(t *testing.T) {
	want := []time.Duration{10 * time.Millisecond, 25 * time.Millisecond}
	c := load(t, "testdata/arrivals.yaml").Config
	if got := c.Traffic.Arrivals; !slices.Equal(got, want) || c.Service.Flags != ipvs.FlagOnePacket {
		t.Errorf("got %v with flags %b, want %v", got, c.Service.Flags, want)
	}
}
