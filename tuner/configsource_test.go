package tuner

import (
	"bytes"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
)

func TestSourceMistakes(t *testing.T) {
	const rest = "services: [{match: '*'}]\n"
	source := func(fields string) string { return "sources:\n  s: {" + fields + "}\n" + rest }
	prom := func(fields string) string { return source("type: prometheus, url: 'http://x', " + fields) }
	service := func(fields string) string {
		return "sources:\n  s: {type: http}\n  l: {type: prometheus, url: 'http://x', latency: a}\n" +
			"  e: {type: prometheus, url: 'http://x', requests: a, errors: b}\n  k: {type: connections}\n" +
			"services:\n- match: '*'\n  source: " + fields + "\n"
	}
	const httpKeys = "host, interval, keep_alive, method, path, port, scheme, timeout, tls_config, type, valid_status_codes"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"no type", source("path: /x"), []string{"f:2: sources.s: has no type", "f:2: sources.s.path: unknown key, known here: type"}},
		{"key of another type", source("type: tcp, path: /x"), []string{"f:2: sources.s.path: unknown key, known here: interval, port, timeout, type"}},
		{"unknown key", source("type: http, pth: /x"), []string{"f:2: sources.s.pth: unknown key, known here: " + httpKeys}},
		{"probes too rare", source("type: tcp, interval: 2s, timeout: 3s"), []string{
			"f:2: sources.s.interval: 2s is not from 10ms to 1.666s",
			"f:2: sources.s.timeout: 3s is not from 10ms to 1.666s"}},
		{"port", source("type: tcp, port: 0"), []string{"f:2: sources.s.port: 0 is not a whole number from 1 to 65535"}},
		{"path", source("type: http, path: healthz"), []string{"f:2: sources.s.path: healthz is not a path such as /healthz"}},
		{"path with a line break", source(`type: http, path: "/x\r\nHost: y"`), []string{"f:2: sources.s.path: /x\uFFFD\uFFFDHost: y is not a path such as /healthz"}},
		{"host with a path", source("type: http, host: a/b"), []string{"f:2: sources.s.host: a/b is not a host name"}},
		{"method", source("type: http, method: POST"), []string{"f:2: sources.s.method: POST is not known here: GET or HEAD"}},
		{"status", source("type: http, valid_status_codes: [200, 2xx, 399-300, 99]"), []string{
			"f:2: sources.s.valid_status_codes[1]: 2xx is not a status such as 200, nor a range such as 200-399",
			"f:2: sources.s.valid_status_codes[2]: 399-300 is not a status such as 200, nor a range such as 200-399",
			"f:2: sources.s.valid_status_codes[3]: 99 is not a status such as 200, nor a range such as 200-399"}},
		{"tls without https", source("type: http, tls_config: {insecure_skip_verify: true}"), []string{"f:2: sources.s.tls_config: is for the scheme https"}},
		{"tls", source("type: http, scheme: https, tls_config: {ca: a, ca_file: b}"), []string{
			"f:2: sources.s.tls_config: at most one of ca, ca_file & ca_ref must be configured"}},
		{"no url", source("type: prometheus, latency: x"), []string{"f:2: sources.s: has no url"}},
		{"url", source("type: prometheus, url: 'prom:9090', latency: x"), []string{"f:2: sources.s.url: is not a URL such as http://127.0.0.1:9090"}},
		{"nothing to ask", prom("requests: x"), []string{"f:2: sources.s: has neither latency nor errors"}},
		{"errors of nothing", prom("errors: x"), []string{"f:2: sources.s.errors: are failed requests per second, and need requests to be a part of"}},
		{"label", prom("latency: x, server_label: a-b"), []string{"f:2: sources.s.server_label: a-b is not the name of a label"}},
		{"timeout", prom("latency: x, timeout: 6s"), []string{"f:2: sources.s.timeout: 6s is not from 10ms to 5s"}},
		{"client", prom("latency: x, http: {basic_auth: {usr: x}, authorization: {credentials: x}}"), []string{
			"f:2: sources.s.http: at most one of basic_auth, oauth2 & authorization must be configured",
			"f:2: sources.s.http.basic_auth.usr: unknown key, known here: password, password_file, username, username_file"}},
		{"two names that are not known", service("{latency: x, errors: y}"), []string{
			"f:8: services[0].source.errors: y is not one of the sources", "f:8: services[0].source.latency: x is not one of the sources"}},
		{"one kind", service("{errors: s}"), []string{"f:8: services[0].source: has no latency"}},
		{"no source", service("[]"), []string{"f:8: services[0].source: is an empty sequence"}},
		{"of other keys", service("{latencies: s}"), []string{"f:8: services[0].source: is neither the name of a source, nor a list of names, nor {latency: NAME, errors: NAME}"}},
		{"latency of other keys", service("{latency: {s: k}, errors: s}"), []string{"f:8: services[0].source.latency: is neither the name of a source nor a list of names"}},
		{"two lists", service("{latency: s, errors: [s]}"), []string{"f:8: services[0].source.errors: is not a single value"}},
		{"in the list", service("[s, x, [k]]"), []string{"f:8: services[0].source[1]: x is not one of the sources", "f:8: services[0].source[2]: is not a single value"}},
		{"twice", service("[s, s]"), []string{"f:8: services[0].source[1]: s is there twice"}},
		{"never asked", service("[passive, k, s]"), []string{"f:8: services[0].source[2]: s is never asked: k always serves"}},
		{"no latency in the list", service("[s, e]"), []string{"f:8: services[0].source[1]: e tells no latency"}},
		{"key of passive", source("type: passive, interval: 1s"), []string{"f:2: sources.s.interval: unknown key, known here: connections, servers, skip, type"}},
		{"bounds of passive", source("type: passive, connections: 10, servers: 1e9"), []string{
			"f:2: sources.s.connections: 10 is not a whole number from 1000 to 10000000",
			"f:2: sources.s.servers: 1e9 is not a whole number from 10 to 100000"}},
		{"exchanges of what", source("type: passive, skip: {'10.0.0.1:443': 2, 'udp/10.0.0.1:443': 2, 'fwm/1': 300}"), []string{
			`f:2: sources.s.skip.10.0.0.1:443: virtual service "10.0.0.1:443": want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK`,
			"f:2: sources.s.skip.fwm/1: 300 is not a whole number from 1 to 255",
			"f:2: sources.s.skip.udp/10.0.0.1:443: is no service of TCP, whose connections begin"}},
		{"no latency", service("e"), []string{"f:8: services[0].source: e tells no latency"}},
		{"no latency, no errors", service("{latency: e, errors: l}"), []string{
			"f:8: services[0].source.errors: l tells no errors", "f:8: services[0].source.latency: e tells no latency"}},
		{"errors of the director", service("{latency: k, errors: k}"), []string{"f:8: services[0].source.errors: k tells no errors"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { expectMistakes(t, test.text, test.want) })
	}
}

func TestLoadSources(t *testing.T) {
	const text = `
services:
- {match: tcp/10.0.0.1:80, source: {latency: kernel, errors: probe}}
- {match: tcp/10.0.0.1:443, source: prom}
- {match: 'udp/*', policy: static, source: unused}
- {match: 'tcp/*', source: [passive, prom, kernel]}
- {match: 'sctp/*', source: {latency: [passive, connections], errors: probe}}
- {match: 'fwm/*', source: [passive, connections]}
sources:
  probe:
    type: http
    scheme: https
    host: shop.example.org
    method: HEAD
    valid_status_codes: 200-299
    port: 8443
    keep_alive: true
    tls_config: {ca_file: ca.pem, min_version: TLS13}
  prom:
    type: prometheus
    url: https://prom.example.org/base
    latency: a
    service_label: ipvs_service
    timeout: 500ms
    http: {basic_auth: {username: u, password_file: /run/p}, enable_http2: false}
  unused: {type: tcp}
interval: 4s
`
	got, err := LoadConfig(strings.NewReader(text), "/etc/weight-tuner/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	client := config.DefaultHTTPClientConfig
	client.EnableHTTP2 = false
	client.BasicAuth = &config.BasicAuth{Username: "u", PasswordFile: "/run/p"}
	each := 666 * time.Millisecond
	want := map[string]Source{
		"kernel": {Type: Connections}, "connections": {Type: Connections}, "passive": {Type: Passive, Packets: defaultPackets()},
		"probe": {Type: HTTP, Probe: Probe{
			Interval: each, Timeout: each, Port: 8443, Scheme: "https", Method: http.MethodHead, Path: "/", Host: "shop.example.org",
			ValidStatusCodes: []StatusRange{{200, 299}}, KeepAlive: true,
			TLS: config.TLSConfig{CAFile: "/etc/weight-tuner/ca.pem", MinVersion: config.TLSVersions["TLS13"]},
		}},
		"prom": {Type: Prometheus, Prometheus: PrometheusServer{
			URL: "https://prom.example.org/base", Latency: "a", ServerLabel: "instance", ServiceLabel: "ipvs_service",
			Timeout: 500 * time.Millisecond, HTTP: client,
		}},
		"unused": {Type: TCP, Probe: Probe{Interval: each, Timeout: each}},
	}
	if !reflect.DeepEqual(got.Sources, want) {
		t.Errorf("got %+v\nwant %+v", got.Sources, want)
	}
	for i, want := range []ServiceSource{
		{[]string{"kernel"}, "probe"}, {[]string{"prom"}, "prom"}, {[]string{"unused"}, "unused"},
		{[]string{"passive", "prom", "kernel"}, "passive"}, {[]string{"passive", "connections"}, "probe"},
		{[]string{"passive", "connections"}, "passive"},
	} {
		if got := got.Services[i].Source; !reflect.DeepEqual(got, want) {
			t.Errorf("service %d has %v, want %v", i, got, want)
		}
	}
	if got, want := got.SourcesInUse(), []string{"connections", "kernel", "passive", "probe", "prom"}; !slices.Equal(got, want) {
		t.Errorf("in use are %v", got)
	}
}

// TestSecretsStayOut has a secret where it is not expected.
func TestSecretsStayOut(t *testing.T) {
	const text = "sources: {s: {type: prometheus, url: 'http://u:hush@:x', latency: a, http: {basic_auth: {username: u, password: 12345}}}}\nservices: [{match: '*'}]\n"
	_, err := LoadConfig(bytes.NewReader([]byte(text)), "f")
	var mistakes *ConfigError
	if !errors.As(err, &mistakes) || len(mistakes.Problems) != 2 {
		t.Fatalf("error %v", err)
	}
	for _, line := range mistakes.Lines() {
		if strings.Contains(line, "hush") || strings.Contains(line, "12345") {
			t.Errorf("told: %s", line)
		}
	}
}
