package sim

import (
	"errors"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"no time", func(c *Config) { c.Duration = 0 }, "duration: 0s is not from 1ms to 2160h0m0s"},
		{"measured too late", func(c *Config) { c.MeasureFrom = c.Duration }, "measure_from: 3m20s is not before the end at 3m20s"},
		{"no service", func(c *Config) { c.Service.ID = ipvs.ServiceID{} }, "service.id: is missing"},
		{"persistence without a time", func(c *Config) { c.Service.Flags = ipvs.FlagPersistent }, "service.persistence: 0s is less than a second"},
		{"datagrams of TCP", func(c *Config) { c.Service.Flags = ipvs.FlagOnePacket }, "service.flags: one-packet scheduling is for UDP"},
		{"every port", func(c *Config) {
			c.Service.ID = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:0"))
		}, "service.id: a service of every port needs persistence"},
		{"timeout", func(c *Config) { c.Service.Timeouts.TCPFin = -1 }, "service.timeouts.tcp_fin: -1ns is not from 0s to 2160h0m0s"},
		{"overhead", func(c *Config) { c.Service.OverheadFactor = 255 }, "service.overhead_factor: 255 is neither 256 nor 257"},
		{"no servers", func(c *Config) { c.Servers = nil }, "servers: 0 are not from 1 to 10000"},
		{"server twice", func(c *Config) { c.Servers[1].ID = c.Servers[0].ID }, "servers[1].id: 10.0.1.1:80 is there twice"},
		{"other family", func(c *Config) {
			c.Servers[0].ID = ipvs.ServerID{AddrPort: netip.MustParseAddrPort("[::1]:80")}
		}, "servers[0].id: is no ipv4 address and port"},
		{"weight", func(c *Config) { c.Servers[0].Weight = 65536 }, "servers[0].weight: 65536 is not from 0 to 65535"},
		{"thresholds", func(c *Config) { c.Servers[0].LowerThreshold = 1 }, "servers[0].lower_threshold: 1 is over the upper one, 0"},
		{"discipline", func(c *Config) { c.Servers[0].Discipline = "lifo" }, `servers[0].discipline: "lifo" is neither fifo nor ps`},
		{"no workers", func(c *Config) { c.Servers[1].Workers = 0 }, "servers[1].workers: 0 is not from 1 to 1e+06"},
		{"speed", func(c *Config) { c.Servers[1].Speed = math.NaN() }, "servers[1].speed: NaN is not from 1e-06 to 1e+06"},
		{"limit", func(c *Config) { c.Servers[1].Limit = -1 }, "servers[1].limit: -1 is not from 0 to 1e+09"},
		{"backlog", func(c *Config) { c.Servers[1].Backlog = -1 }, "servers[1].backlog: -1 is not from 0 to 1e+09"},
		{"distribution", func(c *Config) { c.Servers[1].ServiceTime.Distribution = "pareto" },
			`servers[1].service_time.distribution: "pareto" is none of [exponential lognormal fixed sampled]`},
		{"mean", func(c *Config) { c.Servers[1].ServiceTime.Mean = 0 }, "servers[1].service_time.mean: 0s is not above 0s and at most 1h0m0s"},
		{"scatter", func(c *Config) { c.Servers[1].ServiceTime = ServiceTime{Lognormal, time.Second, -1, nil} },
			"servers[1].service_time.cv: -1 is not from 0 to 100"},
		{"no samples", func(c *Config) { c.Servers[1].ServiceTime = ServiceTime{Distribution: Sampled} }, "servers[1].service_time.samples: are missing"},
		{"bad sample", func(c *Config) {
			c.Servers[1].ServiceTime = ServiceTime{Distribution: Sampled, Samples: []time.Duration{1, 0}}
		}, "servers[1].service_time.samples[1]: 0s is not above 0s and at most 1h0m0s"},
		{"no traffic", func(c *Config) { c.Traffic.Curve = nil }, "traffic.curve: is missing"},
		{"points", func(c *Config) { c.Traffic.Curve = []Point{{2, 1}, {1, 1}} }, "traffic.curve[1].at: 1ns is before the point before it"},
		{"repeat", func(c *Config) { c.Traffic.Curve, c.Traffic.Repeat = []Point{{2, 1}}, 1 }, "traffic.curve[0].at: 2ns is after the curve begins again, 1ns"},
		{"rate", func(c *Config) { c.Traffic.Curve[0].PerSecond = -1 }, "traffic.curve[0].per_second: -1 is not from 0 to 1e+07"},
		{"surge", func(c *Config) { c.Traffic.Surges = []Surge{{Factor: -1}} }, "traffic.surges[0].factor: -1 is not from 0 to 1e+06"},
		{"bursts", func(c *Config) { c.Traffic.Bursts = Bursts{Factor: 2, Burst: time.Second} }, "traffic.bursts.calm: 0s is not from 1µs to 2160h0m0s"},
		{"list and curve", func(c *Config) { c.Traffic.Arrivals = []time.Duration{1} }, "traffic.arrivals: exclude a curve, surges and bursts"},
		{"list", func(c *Config) { c.Traffic = Traffic{Arrivals: []time.Duration{2, 1}} }, "traffic.arrivals[1]: 1ns is before the one before it"},
		{"no clients", func(c *Config) { c.Clients.Addresses.Count = 0 }, "clients.addresses.count: 0 is not from 1 to 65536"},
		{"clients' family", func(c *Config) { c.Clients.Addresses.Prefix = netip.MustParsePrefix("2001:db8::/64") }, "clients.addresses.prefix: is no ipv4 prefix"},
		{"destinations", func(c *Config) { c.Clients.Destinations = c.Clients.Addresses }, "clients.destinations: an addressed service has one address"},
		{"no destinations", func(c *Config) { c.Service.ID = ipvs.MarkService(ipvs.IPv4, 1) }, "clients.destinations: are missing, of a firewall-mark service"},
		{"patience", func(c *Config) { c.Clients.Timeout = 0 }, "clients.timeout: 0s is not from 1ms to 2160h0m0s"},
		{"requests", func(c *Config) { c.Clients.Requests = 0.5 }, "clients.requests: 0.5 is not from 1 to 1e+06"},
		{"window", func(c *Config) { c.Meter = &Meter{Every: 2 * time.Second, Window: 3 * time.Second} }, "meter.window: 3s is no multiple of every, 2s"},
		{"too many readings", func(c *Config) { c.Meter = &Meter{Every: time.Millisecond, Window: time.Hour} }, "meter.every: 1ms is below a 10000th of window and lag"},
		{"missing", func(c *Config) { c.Meter = &Meter{Every: time.Second, Window: time.Second, Missing: 2} }, "meter.missing: 2 is not from 0 to 1"},
		{"stranger", func(c *Config) { c.Events = []Event{{Server: serverID(9), Action: Crash}} }, "events[0].server: 10.0.1.10:80 is not one of the servers"},
		{"action", func(c *Config) { c.Events = []Event{event(*c, 0, "explode")} }, `events[0].action: "explode" is none that can happen`},
		{"errors", func(c *Config) { c.Events = []Event{{Server: serverID(0), Action: Fail, Errors: 2}} }, "events[0].errors: 2 is not from 0 to 1"},
		{"joins twice", func(c *Config) { c.Events = []Event{event(*c, 0, Join)} }, "events[0].action: join cannot happen to a server that is in the director's table"},
		{"edited when gone", func(c *Config) { c.Events = []Event{event(*c, 5, CheckUp), event(*c, 1, Leave)} }, "events[0].action: up cannot happen to a server that is not in the director's table"},
		{"up before down", func(c *Config) { c.Events = []Event{event(*c, 5, CheckUp)} }, "events[0].action: up cannot happen to a server that is in the director's table"},
		{"interval", func(c *Config) { c.Tuner.Interval = 5 * time.Second }, "tuner.interval: 5s is not a multiple of 2s from 4s to 10m"},
		{"watch", func(c *Config) { c.Tuner.Watch = 11 * time.Second }, "tuner.watch: 11s is neither 0s nor from 10ms to the interval, 10s"},
		{"weights", func(c *Config) { c.Tuner.Settings.Weights.Min = 2000 }, "tuner.weights: min 2000 and max 1000 are not from 1 to 65535, in order"},
		{"change", func(c *Config) { c.Tuner.Settings.Weights.MaxChangeRatio = 0 }, "tuner.weights.max_change_ratio: 0 is not above 0 and at most 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := scenario("wrr", 100, 1, 1)
			test.change(&c)
			err := c.Check()
			var field *FieldError
			if !errors.As(err, &field) || err.Error() != test.want {
				t.Errorf("error is %q, want %q", err, test.want)
			}
		})
	}
	if err := scenario("wrr", 100, 1, 1).Check(); err != nil {
		t.Errorf("a right one: %v", err)
	}
}

func TestRunRefuses(t *testing.T) {
	c := scenario("wrr", 100, 1, 1)
	if _, err := Run(c, "clever"); err == nil || err.Error() != `sim: policy "clever" is not one of [equal static inverse_latency overhead equalize optimize oracle]` {
		t.Errorf("policy: %v", err)
	}
	c.Service.Scheduler = "best"
	if _, err := Run(c, Equal); err == nil {
		t.Error("a scheduler that does not exist is run")
	}
	c.Duration = 0
	if _, err := Run(c, Equal); err == nil || err.Error() != "sim: duration: 0s is not from 1ms to 2160h0m0s" {
		t.Errorf("scenario: %v", err)
	}
}
