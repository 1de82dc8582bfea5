package scenario

import (
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// testFiles opens files that hold the given texts.
func testFiles(texts map[string]string) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		text, ok := texts[name]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}
}

// whole is a scenario in one line that says only what it must.
const whole = "{duration: 1m, service: {id: 'tcp/10.0.0.1:80', scheduler: wrr}, " +
	"servers: {a: {address: '10.0.0.2:80', service_time: {distribution: fixed, mean: 1ms}}}, traffic: {per_second: 1}}"

// with returns the whole scenario with some of its text replaced.
func with(old, new string) string { return strings.Replace(whole, old, new, 1) }

func TestMistakes(t *testing.T) {
	const at = "f:1: "
	service := func(more string) string { return with("scheduler: wrr", "scheduler: wrr, "+more) }
	server := func(more string) string { return with("address: '10.0.0.2:80'", "address: '10.0.0.2:80', "+more) }
	root := func(more string) string { return with("duration: 1m", "duration: 1m, "+more) }
	event := func(e string) string { return root("events: [" + e + "]") }
	traffic := func(of string) string { return with("per_second: 1", of) }
	work := func(of string) string { return with("distribution: fixed, mean: 1ms", of) }
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{at + "the scenario is empty"}},
		{"nothing", "{}", []string{at + "has no duration", at + "has no servers", at + "has no service", at + "has no traffic"}},
		{"unknown key", root("seed: 1"), []string{at + "seed: unknown key, known here: clients, duration, events, measure_from, meter, servers, service, traffic, tuner"}},
		{"no duration", with("1m", "0s"), []string{at + "duration: 0s is not from 1s to 168h0m0s"}},
		{"measured after the end", root("measure_from: 60s"), []string{at + "measure_from 1m0s is not before the end at 1m0s"}},
		{"no service", with("id: 'tcp/10.0.0.1:80', scheduler: wrr", ""), []string{at + "service: has no id", at + "service: has no scheduler"}},
		{"unknown scheduler", with("wrr", "best"), []string{at + "service.scheduler: best is not known here: rr or wrr or lc or wlc or fo or ovf or lblc or lblcr or dh or sh or sed or nq or mh or twos"}},
		{"another scheduler's flag", service("scheduler_flags: [sh-port]"), []string{at + `service.scheduler_flags[0]: "sh-port" is not a flag of scheduler wrr`}},
		{"netmask of none", service("netmask: 255.255.255.0"), []string{at + "service: netmask groups the clients of a persistent service, and persistence is not set"}},
		{"netmask", service("persistence: 5m, netmask: x"), []string{at + `service.netmask: "x" is neither an IPv4 mask nor a prefix length from 1 to 128`}},
		{"forwarding method", service("forward: local"), []string{at + "service.forward: local is not known here: masq or route or tunnel"}},
		{"persistence of half a second", service("persistence: 500ms"), []string{at + "service.persistence: 500ms is not a multiple of 1s from 1s to 24h0m0s"}},
		{"no server", with("a: {address: '10.0.0.2:80', service_time: {distribution: fixed, mean: 1ms}}", ""), []string{at + "servers: has no real server"}},
		{"server without anything", with("a: {", "b: {}, a: {"), []string{at + "servers.b: has no address", at + "servers.b: has no service_time"}},
		{"server twice", with("a: {", "b: {address: '10.0.0.2:80', service_time: {distribution: fixed, mean: 1ms}}, a: {"), []string{at + "servers.a: 10.0.0.2:80 is there twice"}},
		{"server for a name", with("a: {", "'10.0.0.2:80': {"), []string{at + "servers.10.0.0.2:80: a group needs a name; 10.0.0.2:80 is a real server's"}},
		{"more servers than addresses", with("address: '10.0.0.2:80'", "count: 3, address: '255.255.255.254:80'"), []string{at + "servers.a: there are no 3 addresses from 255.255.255.254 on"}},
		{"thresholds", server("lower_threshold: 5, upper_threshold: 4"), []string{at + "servers.a: lower_threshold 5 is above upper_threshold 4"}},
		{"speed", server("speed: 0"), []string{at + "servers.a.speed: 0 is not a number from 0.001 to 1000"}},
		{"distribution", work("mean: 1ms"), []string{at + "servers.a.service_time: has no distribution"}},
		{"deviation of a fixed time", work("distribution: fixed, mean: 1ms, cv: 1"), []string{at + "servers.a.service_time: fixed takes no cv"}},
		{"no deviation", work("distribution: lognormal, mean: 1ms"), []string{at + "servers.a.service_time: has no cv"}},
		{"samples without a file", work("distribution: sampled, samples: none"), []string{at + "servers.a.service_time.samples: open none: file does not exist"}},
		{"mistake in a file", work("distribution: sampled, samples: mistaken"), []string{at + `servers.a.service_time.samples: mistaken:3: "fast" is not a number of seconds from 1e-09 to 3600`}},
		{"empty file", work("distribution: sampled, samples: empty"), []string{at + "servers.a.service_time.samples: empty: no number of seconds is in it"}},
		{"no traffic", traffic(""), []string{at + "traffic: has no per_second, curve or arrivals"}},
		{"two kinds of traffic", traffic("per_second: 1, arrivals: times"), []string{at + "traffic: has more than one of per_second, curve or arrivals"}},
		{"bursts of a list", traffic("arrivals: times, bursts: {factor: 2, burst: 1s, calm: 1s}"), []string{at + "traffic: a list of arrivals takes no bursts"}},
		{"list not in order", traffic("arrivals: unsorted"), []string{at + "traffic.arrivals: the times in the file are not in order"}},
		{"curve not in order", traffic("curve: [{at: 2s, per_second: 1}, {at: 1s, per_second: 1}]"), []string{at + "traffic.curve[1]: 1s is before the point above, at 2s"}},
		{"curve longer than its day", traffic("curve: [{at: 2s, per_second: 1}], repeat: 1s"), []string{at + "traffic: the curve goes on to 2s, after it is to begin again at 1s"}},
		{"surge without a factor", traffic("per_second: 1, surges: [{at: 1s}]"), []string{at + "traffic.surges[0]: has no factor"}},
		{"clients beyond their prefix", root("clients: {addresses: {prefix: 10.9.0.0/24, count: 257}}"), []string{at + "clients.addresses: 10.9.0.0/24 has no 257 addresses"}},
		{"clients of another family", root("clients: {addresses: {prefix: '2001:db8::/64', count: 2}}"), []string{at + "clients.addresses.prefix: 2001:db8::/64 is not of the service's family, ipv4"}},
		{"clients of an address", root("clients: {addresses: {prefix: 10.9.0.1/24, count: 2}}"), []string{at + "clients.addresses.prefix: 10.9.0.1/24 has bits set after its length; write it 10.9.0.0/24"}},
		{"destinations of an address", root("clients: {destinations: {prefix: 10.9.0.0/24, count: 2}}"), []string{at + "clients.destinations: the service has one address; those of a firewall-mark service may be many"}},
		{"window of a meter", root("meter: {every: 3s, window: 10s}"), []string{at + "meter: window 10s is not a multiple of every 3s"}},
		{"outliers without a size", root("meter: {every: 5s, window: 10s, outliers: 0.1}"), []string{at + "meter: has no outlier_factor"}},
		{"event without anything", event("{}"), []string{at + "events[0]: has no action", at + "events[0]: has no at", at + "events[0]: has no server"}},
		{"event at another server", event("{at: 1s, server: b, action: crash}"), []string{at + "events[0].server: b is neither one of the servers nor one of their groups: a"}},
		{"event after the end", event("{at: 60s, server: a, action: crash}"), []string{at + "events[0]: happens at 1m0s, and the run ends at 1m0s"}},
		{"unknown action", event("{at: 1s, server: a, action: explode}"), []string{at + "events[0].action: explode is not known here: speed or crash or hang or fail or recover or join or leave or weight or down or up"}},
		{"action without its number", event("{at: 1s, server: a, action: weight}"), []string{at + "events[0]: has no weight"}},
		{"action with another's number", event("{at: 1s, server: a, action: crash, weight: 1}"), []string{at + "events[0]: action crash takes no weight"}},
		{"server joins that is there", event("{at: 1s, server: a, action: join}"), []string{"f: events[0].action: join cannot happen to a server that is in the director's table"}},
		{"tuner's interval", root("tuner: {interval: 5s}"), []string{at + "tuner.interval: 5s is not a multiple of 2s from 4s to 10m0s"}},
		{"tuner's policy", root("tuner: {policy: equalize}"), []string{at + "tuner.policy: unknown key, known here: guards, interval, settle, thresholds, watch, weights"}},
	}
	files := testFiles(map[string]string{
		"mistaken": "# head\n0.1\nfast\n", "empty": "\n# nothing\n", "times": "1\n2\n", "unsorted": "2\n1\n",
	})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := Read(strings.NewReader(test.text), "f", files)
			var mistakes *FileError
			if !errors.As(err, &mistakes) {
				t.Fatalf("got %+v and error %v", s, err)
			}
			got := mistakes.Lines()
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestLeastScenario(t *testing.T) {
	s, err := Read(strings.NewReader(whole), "a/story.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	server := serverAt("10.0.0.2:80")
	server.ServiceTime = sim.ServiceTime{Distribution: sim.Fixed, Mean: time.Millisecond}
	want := Scenario{Name: "story", Config: sim.Config{
		Duration: time.Minute,
		Service:  sim.Service{ID: serviceID("tcp/10.0.0.1:80"), Scheduler: "wrr", OverheadFactor: 257},
		Servers:  []sim.Server{server},
		Traffic:  sim.Traffic{Curve: []sim.Point{{PerSecond: 1}}},
		Clients: sim.Clients{
			Addresses: sim.Addresses{Prefix: netip.MustParsePrefix("198.18.0.0/15"), Count: 1000},
			Timeout:   10 * time.Second, Requests: 1,
		},
		Tuner: defaultTuner(),
	}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got\n%+v\nwant\n%+v", s, want)
	}
}

// serverAt returns a server with the defaults.
func serverAt(id string) sim.Server {
	s, err := ipvs.ParseServerID(id)
	if err != nil {
		panic(err)
	}
	return sim.Server{ID: s, Weight: 1, Discipline: sim.FIFO, Workers: 1, Speed: 1}
}

func serviceID(text string) ipvs.ServiceID {
	id, err := ipvs.ParseServiceID(text)
	if err != nil {
		panic(err)
	}
	return id
}
