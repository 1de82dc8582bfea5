package tuner

import (
	"bytes"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/limits"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

func TestLoadConfigMistakes(t *testing.T) {
	service := "services: [{match: 'tcp/*'}]\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"f:1: the configuration is empty"}},
		{"only a comment", "# nothing\n", []string{"f:1: the configuration is empty"}},
		{"null", "null\n", []string{"f:1: the configuration is empty"}},
		{"second document", "---\n" + service + "---\n" + service, []string{"f:3: a second document begins here; one is read"}},
		{"syntax", "a: [1\nb: 2", []string{"f:2: did not find expected ',' or ']'"}},
		{"not a mapping", "- 1\n", []string{"f:1: is not a mapping of keys to values"}},
		{"key not a word", "? [a]\n: b\n" + service, []string{"f:1: a key is not a word"}},
		{"no services", "interval: 10s\n", []string{"f:1: has no services"}},
		{"services empty", "services: []\n", []string{"f:1: services: is an empty sequence"}},
		{"services not a sequence", "services: 3\n", []string{"f:1: services: is not a sequence"}},
		{"unknown key", service + "guards: {}\n", []string{"f:2: guards: unknown key, known here: audit_log, coordination, dry_run, interval, on_exit, services, sources, state_file"}},
		{"exit and audit log", "on_exit: tidy\naudit_log: {file: 3, max_megabytes: 0, max_files: 1}\n" + service, []string{
			"f:1: on_exit: tidy is not known here: keep or restore",
			"f:2: audit_log.file: 3 is not a text; quote it if it is meant as one",
			"f:2: audit_log.max_files: 1 is not a whole number from 2 to 1000",
			"f:2: audit_log.max_megabytes: 0 is not a whole number from 10 to 10000"}},
		{"no coordination", "coordination: {}\n" + service, []string{"f:1: coordination: has no etcd"}},
		{"coordination", "on_exit: restore\ncoordination: {etcd: {endpoints: ['etcd:2379'], prefix: a/, ttl: 1s, username: u}}\n" +
			"services: [{match: 'tcp/*', weights: {eject: true}}, {match: 'udp/*', thresholds: {policy: concurrency}}]\n", []string{
			"f:1: on_exit: restore and coordination: the others would keep their weights",
			"f:2: coordination.etcd: username and password_file go together",
			"f:2: coordination.etcd.endpoints[0]: is not a URL such as http://127.0.0.1:9090",
			"f:2: coordination.etcd.prefix: a/ is not a prefix such as /weight-tuner/shop",
			"f:2: coordination.etcd.ttl: 1s is not a multiple of 1s from 5s to 10m0s",
			"f:3: services[0]: eject and coordination: the others would keep the server",
			"f:3: services[1]: thresholds and coordination: each director would bear by itself what all send"}},
		{"duplicate key", "interval: 4s\ninterval: 6s\n" + service, []string{"f:2: interval: is there twice, first in line 1"}},
		{"interval without a unit", "interval: 10\n" + service, []string{"f:1: interval: 10 is not a duration such as 10s"}},
		{"interval odd", "interval: 5s\n" + service, []string{"f:1: interval: 5s is not a multiple of 2s from 4s to 10m0s"}},
		{"interval short", "interval: 2s\n" + service, []string{"f:1: interval: 2s is not a multiple of 2s from 4s to 10m0s"}},
		{"interval long", "interval: 602s\n" + service, []string{"f:1: interval: 602s is not a multiple of 2s from 4s to 10m0s"}},
		{"no value", "state_file:\n" + service, []string{"f:1: state_file: is empty; leave the key out for its default"}},
		{"not a text", "state_file: 7\n" + service, []string{"f:1: state_file: 7 is not a text; quote it if it is meant as one"}},
		{"not a single value", "state_file: [a]\n" + service, []string{"f:1: state_file: is not a single value"}},
		{"later source", "sources:\n  prom: {type: agent, url: x}\n" + service, []string{
			"f:2: sources.prom.type: agent is not known here: connections or passive or http or tcp or prometheus"}},
		{"source without a type", "sources: {a: {}}\n" + service, []string{"f:1: sources.a: has no type"}},
		{"no match", "services: [{policy: static}]\n", []string{"f:1: services[0]: has no match"}},
		{"match not canonical", "services: [{match: 'tcp/10.0.0.1:080'}]\n", []string{
			`f:1: services[0].match: virtual service "tcp/10.0.0.1:080": write it tcp/10.0.0.1:80`}},
		{"glob that never matches", "services: [{match: 'TCP/*'}]\n", []string{
			"f:1: services[0].match: TCP/* matches no virtual service: those look like tcp/10.0.0.1:80 and fwm/258"}},
		{"same match", "services:\n- match: 'tcp/*'\n- match: 'tcp/*'\n", []string{
			"f:3: services[1].match: tcp/* is the match of services[0] already"}},
		{"same match in one namespace", "services: [{match: '*', netns: a}, {match: '*'}, {match: '*', netns: a}]\n", []string{
			"f:1: services[2].match: * is the match of services[0] already"}},
		{"same name", "services: [{match: {name: a}}, {match: {name: a}}]\n", []string{
			"f:1: services[1].match: a is the match of services[0] already"}},
		{"no name", "services: [{match: {name: ''}}, {match: {named: a}}]\n", []string{
			"f:1: services[0].match.name: is empty; leave the key out for its default",
			"f:1: services[1].match: is not a single value"}},
		{"namespace not a pattern", "services: [{match: '*', netns: '/run/[a'}]\n", []string{
			"f:1: services[0].netns: /run/[a is not a pattern"}},
		{"conditions", "services: [{match: 'tcp/*', when: never}, {match: 'udp/*', when: file}, {match: a?, when: 'address '}, {match: '*', when: 'address fe80::1%eth0'}, {match: b?, when: 'address 2001:DB8::1'}]\n", []string{
			"f:1: services[0].when: never is not known here: always or address or address ADDRESS or file PATH",
			"f:1: services[1].when: file is not known here: always or address or address ADDRESS or file PATH",
			"f:1: services[2].when:  is not an address such as 10.0.0.1 or 2001:db8::1",
			"f:1: services[3].when: fe80::1%eth0 is not an address such as 10.0.0.1 or 2001:db8::1",
			"f:1: services[4].when: address 2001:DB8::1: write it 2001:db8::1"}},
		{"own address of a mark", "services:\n- {match: fwm/7, when: address}\n- match: 'fw*'\n  when: address\n- {match: '*:80', when: address}\n", []string{
			"f:2: services[0].when: fwm/7 matches services of firewall marks, which have no address of their own: say address ADDRESS",
			"f:4: services[1].when: fw* matches services of firewall marks, which have no address of their own: say address ADDRESS"}},
		{"scheduler without shares", "services: [{match: '*', scheduler: rr}, {match: 'tcp/*', scheduler: best}]\n", []string{
			"f:1: services[0].scheduler: scheduler rr ignores weights but for 0: use wrr",
			"f:1: services[1].scheduler: scheduler best is not a scheduler known here: use wrr or wlc"}},
		{"later policy", "services: [{match: '*', policy: best}]\n", []string{
			"f:1: services[0].policy: best is not known here: static or inverse_latency or overhead or equalize or optimize"}},
		{"unknown source", "services: [{match: '*', source: prom}]\n", []string{
			"f:1: services[0].source: prom is not one of the sources"}},
		{"weights", "services:\n- match: '*'\n  weights:\n    min: 0\n    max: 70000\n    max_change_ratio: 0\n    eject: 1\n    ejects: true\n", []string{
			"f:4: services[0].weights.min: 0 is not a whole number from 1 to 65535",
			"f:5: services[0].weights.max: 70000 is not a whole number from 1 to 65535",
			"f:6: services[0].weights.max_change_ratio: 0 is not a number above 0 and at most 1",
			"f:7: services[0].weights.eject: 1 is neither true nor false",
			"f:8: services[0].weights.ejects: unknown key, known here: eject, max, max_change_ratio, min"}},
		{"weights of wrong types", "services: [{match: '*', weights: {min: '1', max: 1e3, max_change_ratio: .nan}}]\n", []string{
			"f:1: services[0].weights.max: 1e3 is not a whole number from 1 to 65535",
			"f:1: services[0].weights.max_change_ratio: .nan is not a number above 0 and at most 1",
			"f:1: services[0].weights.min: 1 is not a whole number from 1 to 65535"}},
		{"min above max", "services: [{match: '*', weights: {min: 9, max: 3}}]\n", []string{
			"f:1: services[0].weights: min 9 is above max 3"}},
		{"merge key", "services: [{match: '*', <<: {policy: static}}]\n", []string{
			"f:1: services[0].<<: unknown key, known here: autoscaling, guards, match, netns, policy, scheduler, settle, source, thresholds, weights, when"}},
		{"thresholds", "services: [{match: '*', thresholds: {policy: on, min: 0, max: 1e9}}]\n", []string{
			"f:1: services[0].thresholds.max: 1e9 is not a whole number from 1 to 2147483647",
			"f:1: services[0].thresholds.min: 0 is not a whole number from 1 to 2147483647",
			"f:1: services[0].thresholds.policy: on is not known here: off or concurrency"}},
		{"thresholds' order", "services: [{match: '*', thresholds: {min: 9, max: 3}}]\n", []string{
			"f:1: services[0].thresholds: min 9 is above max 3"}},
		{"autoscaling", "services: [{match: '*', autoscaling: {target_utilization: 70, scale_down_after: 5, min: 0, max: 70000}}]\n", []string{
			"f:1: services[0].autoscaling.max: 70000 is not a whole number from 1 to 65535",
			"f:1: services[0].autoscaling.min: 0 is not a whole number from 1 to 65535",
			"f:1: services[0].autoscaling.scale_down_after: 5 is not a duration such as 10s",
			"f:1: services[0].autoscaling.target_utilization: 70 is not a number from 0.05 to 0.95"}},
		{"autoscaling's order", "services: [{match: '*', autoscaling: {min: 9, max: 3}}]\n", []string{
			"f:1: services[0].autoscaling: min 9 is above max 3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { expectMistakes(t, test.text, test.want) })
	}
}

// expectMistakes wants a configuration to have exactly these mistakes.
func expectMistakes(t *testing.T, text string, want []string) {
	t.Helper()
	c, err := LoadConfig(strings.NewReader(text), "f")
	var mistakes *ConfigError
	if !errors.As(err, &mistakes) {
		t.Fatalf("got %+v and error %v", c, err)
	}
	if got := mistakes.Lines(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestConfigErrorIsOneLine(t *testing.T) {
	_, err := LoadConfig(strings.NewReader("a: 1\nb: 2\n"), "f")
	want := "f:1: has no services (and 2 more)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadConfig(t *testing.T) {
	const text = `
interval: 1m
state_file: /tmp/s
on_exit: keep
audit_log: {max_files: 2}
coordination: {etcd: {endpoints: ['https://a:2379', 'https://b:2379'], prefix: /weight-tuner/shop, username: u, password_file: p, tls_config: {ca_file: ca}}}
sources:
  own: {type: connections}
services:
- match: udp/[2001:db8::1]:53
  policy: static
  source: own
  weights: &few {min: 10, max: 20, max_change_ratio: 1}
- {match: 'tcp/10.0.0.?:*', weights: *few}
- match: 'tcp/*'
  thresholds: {min: 5, max: 5000}
  autoscaling: {target_utilization: 0.5, scale_down_after: 10m, min: 2, max: 9}
- match: 'fwm*'
- {match: {name: shop}, netns: /run/docker/netns/*, scheduler: wrr, when: address}
- {match: 'fwm*', netns: ingress_sbox, scheduler: wrr, when: 'address 10.0.0.9'}
- {match: 'tcp/*', netns: a, when: 'file b c'}
- {match: 'udp/*', netns: a, when: file /d}
`
	got, err := LoadConfig(strings.NewReader(text), "/etc/tuner/f")
	if err != nil {
		t.Fatal(err)
	}
	few := Weights{Min: 10, Max: 20, MaxChangeRatio: 1}
	service := func(match string, set func(*ServiceConfig)) ServiceConfig {
		s := DefaultService()
		s.Match = match
		set(&s)
		return s
	}
	want := Config{
		Interval:  time.Minute,
		StateFile: "/tmp/s",
		Etcd: &Etcd{Endpoints: []string{"https://a:2379", "https://b:2379"}, Prefix: "/weight-tuner/shop", TTL: 15 * time.Second,
			Username: "u", PasswordFile: "/etc/tuner/p", TLS: config.TLSConfig{CAFile: "/etc/tuner/ca"}},
		OnExit:   KeepAtExit,
		AuditLog: AuditLog{File: "/tmp/audit.jsonl", MaxMegabytes: 100, MaxFiles: 2},
		Sources: map[string]Source{
			"kernel": {Type: Connections}, "connections": {Type: Connections}, "passive": {Type: Passive, Packets: defaultPackets()}, "own": {Type: Connections},
		},
		Services: []ServiceConfig{
			service("udp/[2001:db8::1]:53", func(s *ServiceConfig) {
				s.Policy, s.Source, s.Weights = Static, ServiceSource{[]string{"own"}, "own"}, few
			}),
			service("tcp/10.0.0.?:*", func(s *ServiceConfig) { s.Weights = few }),
			service("tcp/*", func(s *ServiceConfig) {
				s.Thresholds = limits.Settings{Policy: limits.Off, Min: 5, Max: 5000}
				s.Autoscaling = scaling.Settings{TargetUtilization: 0.5, ScaleDownAfter: 10 * time.Minute, Min: 2, Max: 9}
			}),
			service("fwm*", func(*ServiceConfig) {}),
			service("", func(s *ServiceConfig) {
				s.Name, s.Netns, s.Scheduler = "shop", "/run/docker/netns/*", "wrr"
				s.When.Condition = OnAddress
			}),
			service("fwm*", func(s *ServiceConfig) {
				s.Netns, s.Scheduler, s.When = "ingress_sbox", "wrr", When{Condition: OnAddress, Address: netip.MustParseAddr("10.0.0.9")}
			}),
			service("tcp/*", func(s *ServiceConfig) { s.Netns, s.When = "a", When{Condition: OnFile, File: "/etc/tuner/b c"} }),
			service("udp/*", func(s *ServiceConfig) { s.Netns, s.When = "a", When{Condition: OnFile, File: "/d"} }),
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPrintDefaults(t *testing.T) {
	var text bytes.Buffer
	if err := PrintDefaults(&text); err != nil {
		t.Fatal(err)
	}
	golden.Expect(t, "defaults.yaml", text.Bytes())
	got, err := LoadConfig(&text, "defaults")
	if err != nil {
		t.Fatal(err)
	}
	want, s := DefaultConfig(), DefaultService()
	s.Match = "tcp/10.0.0.1:80"
	want.Services = []ServiceConfig{s}
	want.Sources["probe"] = Source{Type: HTTP, Probe: defaultHTTPProbe(want.Interval)}
	want.Sources["connect"] = Source{Type: TCP, Probe: defaultProbe(want.Interval)}
	prom := defaultPrometheus(want.Interval)
	read := got.Sources["prom"].Prometheus
	prom.URL, prom.Latency, prom.Requests, prom.Errors = "http://127.0.0.1:9090", read.Latency, read.Requests, read.Errors
	want.Sources["prom"] = Source{Type: Prometheus, Prometheus: prom}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFirstMatchHolds(t *testing.T) {
	c := Config{Services: []ServiceConfig{{Match: "tcp/10.0.0.1:80", Policy: Static}, {Match: "tcp/*", Policy: Equalize}}}
	tests := []struct {
		service string
		policy  Policy
		found   bool
	}{
		{"udp/10.0.0.1:80", "", false},
		{"tcp/10.0.0.1:80", Static, true},
		{"tcp/10.0.0.1:8080", Equalize, true},
	}
	for _, test := range tests {
		t.Run(test.service, func(t *testing.T) {
			id, err := ipvs.ParseServiceID(test.service)
			if err != nil {
				t.Fatal(err)
			}
			if got, found := c.service(id); got.Policy != test.policy || found != test.found {
				t.Errorf("got %s, %v", got.Policy, found)
			}
		})
	}
}

func FuzzLoadConfig(f *testing.F) {
	var defaults bytes.Buffer
	if err := PrintDefaults(&defaults); err != nil {
		f.Fatal(err)
	}
	f.Add(defaults.Bytes())
	f.Add([]byte("x: &a [*a]\nservices: *a"))
	f.Add([]byte("sources: {p: {type: prometheus, url: 'http://x', latency: L, http: {basic_auth: {username: u, password: p}}}, " +
		"h: {type: http, valid_status_codes: [200-299, 404], tls_config: {}}}\nservices: [{match: 'tcp/*', source: p}, {match: {name: x}, source: h}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := LoadConfig(bytes.NewReader(data), "f")
		if err != nil {
			if text := err.Error(); strings.Contains(text, "\n") {
				t.Errorf("error of several lines: %q", text)
			}
			return
		}
		if c.Interval%(2*time.Second) != 0 || c.Interval <= 0 || len(c.Services) == 0 {
			t.Errorf("got %+v", c)
		}
		for _, s := range c.Services {
			_, known := c.Sources[s.Source.last()]
			if w := s.Weights; s.Match+s.Name == "" || !known || w.Min < 1 || w.Min > w.Max || !(w.MaxChangeRatio > 0 && w.MaxChangeRatio <= 1) {
				t.Errorf("got %+v", s)
			}
		}
	})
}
